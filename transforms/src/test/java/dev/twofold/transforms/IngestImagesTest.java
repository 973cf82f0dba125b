package dev.twofold.transforms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twofold.models.ImageShape;
import dev.twofold.transforms.ingest.DatasetSummary;
import dev.twofold.transforms.ingest.IngestRequest;
import dev.twofold.transforms.ingest.IngestResult;
import dev.twofold.transforms.sources.ClassSelection;
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

  @TempDir Path folder;

  @Test
  void datasetsOfAPipelineAreMadeOnceAndThenReused() throws Exception {
    IngestRequest zip =
        request("zip", TestImages.zip(folder.resolve("x.zip"), TestImages.tree(2, 60)));
    IngestRequest tree =
        request("tree", TestImages.folder(folder.resolve("tree"), TestImages.tree(3, 40)));
    run(IngestImages.create().withShards(5), List.of(zip, tree), "tree 120 false", "zip 120 false");
    run(IngestImages.create(), List.of(zip, tree), "tree 120 true", "zip 120 true");
  }

  @Test
  void datasetDoesNotDependOnWorkersAndShards() throws Exception {
    Path zip = TestImages.zip(folder.resolve("x.zip"), TestImages.tree(2, 40));
    String digest = "";
    for (int shards : new int[] {1, 4}) {
      Path workdir = folder.resolve("work" + shards);
      IngestRequest request = IngestRequest.of("digits", zip, SHAPE, workdir).keyed();
      run(
          IngestImages.create().withWorkers(shards + 1).withShards(shards),
          List.of(request),
          "digits 80 false");
      Path dataset = workdir.resolve("artifacts/ingest").resolve(request.key());
      digest = digest.isEmpty() ? DatasetSummary.read(dataset).digest() : digest;
      assertThat(DatasetSummary.read(dataset).digest()).isEqualTo(digest);
    }
  }

  @Test
  void missingClassStopsThePipelineNamingIt() throws Exception {
    IngestRequest request =
        request("digits", TestImages.zip(folder.resolve("x.zip"), TestImages.tree(2, 2)))
            .withSelection(new ClassSelection(List.of("class9"), 0, 0, 0))
            .keyed();
    assertThatThrownBy(() -> run(IngestImages.create(), List.of(request)))
        .isInstanceOf(Pipeline.PipelineExecutionException.class)
        .hasRootCauseInstanceOf(DataRefusedException.class)
        .hasRootCauseMessage(
            "Cannot find class class9 in dataset digits: it has 2 classes; the nearest is class0");
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
    return IngestRequest.of(name, source, SHAPE, folder.resolve("work")).keyed();
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
