package dev.twofold.transforms.training;

import dev.twofold.models.ImageShape;
import dev.twofold.models.training.Augmentation;
import dev.twofold.transforms.TestImages;
import dev.twofold.transforms.TestIngestion;
import dev.twofold.transforms.TestRequests;
import dev.twofold.transforms.TestSplits;
import dev.twofold.transforms.ingest.IngestAttempt;
import dev.twofold.transforms.ingest.IngestRequest;
import dev.twofold.transforms.ingest.Ingestion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Tasks whose datasets are ingested. */
final class TestTasks {

  private TestTasks() {}

  /** Tasks {@code first} and {@code second}: two classes of ten images each, split at 30 %. */
  static List<TaskSpec> two(Path workdir, ImageShape shape) throws Exception {
    List<TaskSpec> tasks = new ArrayList<>();
    for (String name : List.of("first", "second")) {
      Path source = TestImages.folder(workdir.resolve(name), TestImages.tree(2, 10));
      IngestRequest ingest = TestRequests.keyed(TestRequests.of(name, source, shape, workdir));
      IngestAttempt attempt = Ingestion.begin(ingest);
      TestIngestion.work(attempt);
      TestIngestion.commit(attempt);
      tasks.add(
          new TaskSpec(
              name,
              List.of(ingest.key()),
              List.of("class0", "class1"),
              TestSplits.hash("salt", .3),
              Augmentation.NONE,
              Map.of(),
              null,
              null));
    }
    return tasks;
  }
}
