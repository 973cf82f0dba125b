package dev.twofold.transforms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twofold.models.ImageShape;
import dev.twofold.transforms.ingest.DatasetSummary;
import dev.twofold.transforms.ingest.IngestRequest;
import dev.twofold.transforms.ingest.IngestResult;
import dev.twofold.transforms.sources.DataRefusedException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IngestImagesTest {
  private static final ImageShape SHAPE = new ImageShape(8, 8, 3);
  private static final int WORKERS = 16;

  @TempDir Path folder;

  @Test
  void datasetsOfAPipelineAreMadeOnceAndThenReused() throws Exception {
    IngestRequest zip =
        request("zip", TestImages.zip(folder.resolve("x.zip"), TestImages.tree(2, 100)));
    IngestRequest tree =
        request("tree", TestImages.folder(folder.resolve("tree"), TestImages.tree(4, 50)));
    run(new IngestImages(WORKERS), List.of(zip, tree), "tree 200 false", "zip 200 false");
    run(new IngestImages(WORKERS), List.of(zip, tree), "tree 200 true", "zip 200 true");
  }

  /** Of five shards. */
  @Test
  void datasetDoesNotDependOnWorkers() throws Exception {
    Path zip = TestImages.zip(folder.resolve("x.zip"), TestImages.tree(2, 160));
    String digest = "";
    for (int workers : new int[] {1, 4}) {
      Path workdir = folder.resolve("work" + workers);
      IngestRequest request = TestRequests.keyed(TestRequests.of("digits", zip, SHAPE, workdir));
      run(new IngestImages(workers), List.of(request), "digits 320 false");
      Path dataset = workdir.resolve("artifacts/ingest").resolve(request.key());
      digest = digest.isEmpty() ? DatasetSummary.read(dataset).digest() : digest;
      assertThat(DatasetSummary.read(dataset).digest()).isEqualTo(digest);
    }
  }

  @Test
  void missingClassStopsThePipelineNamingIt() throws Exception {
    IngestRequest all =
        request("digits", TestImages.zip(folder.resolve("x.zip"), TestImages.tree(2, 2)));
    IngestRequest request =
        TestRequests.keyed(TestRequests.with(all, "classes", List.of("class9")));
    assertThatThrownBy(() -> run(new IngestImages(WORKERS), List.of(request)))
        .isInstanceOf(Pipeline.PipelineExecutionException.class)
        .hasRootCauseInstanceOf(DataRefusedException.class)
        .hasRootCauseMessage(
            "Cannot find class class9 in dataset digits: it has 2 classes (its source has changed"
                + " since the plan: run again)");
  }

  @Test
  void coderKeepsWhatItCarries() throws Exception {
    IngestRequest request =
        request("digits", TestImages.zip(folder.resolve("x.zip"), TestImages.tree(2, 2)));
    JsonCoder<IngestRequest> coder = JsonCoder.of(IngestRequest.class);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    coder.encode(request, out);
    assertThat(coder.decode(new ByteArrayInputStream(out.toByteArray()))).isEqualTo(request);
  }

  private IngestRequest request(String name, Path source) {
    return TestRequests.keyed(TestRequests.of(name, source, SHAPE, folder.resolve("work")));
  }

  private static void run(IngestImages ingest, List<IngestRequest> requests, String... expected) {
    Pipeline pipeline = Pipeline.create();
    PCollection<String> results =
        pipeline
            .apply("Requests", Create.of(requests).withCoder(JsonCoder.of(IngestRequest.class)))
            .apply("Ingest images", ingest)
            .apply(
                "Describe",
                MapElements.into(TypeDescriptors.strings()).via(IngestImagesTest::text));
    PAssert.that(results).containsInAnyOrder(expected);
    pipeline.run().waitUntilFinish();
  }

  private static String text(IngestResult result) {
    return result.name() + " " + result.images() + " " + result.reused();
  }
}
