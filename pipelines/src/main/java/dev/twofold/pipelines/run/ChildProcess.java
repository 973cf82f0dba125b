package dev.twofold.pipelines.run;

import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.training.DeviceChoice;
import dev.twofold.transforms.training.ModelProcesses;
import dev.twofold.transforms.training.ModelRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/** A model process that a command waits for; Ctrl-C ends it with the command. */
final class ChildProcess {

  private ChildProcess() {}

  /**
   * Runs a request to its end.
   *
   * @param failure how the message begins when it fails
   * @throws IOException when it fails, with its reason
   * @throws InterruptedException when Ctrl-C has ended it
   */
  static void run(ArtifactStore store, ModelRequest request, String failure)
      throws IOException, InterruptedException {
    Path folder = store.createScratch("processes").resolve("command-" + UUID.randomUUID());
    try (Interruption interruption = Interruption.watch(ModelProcesses::cancelAll)) {
      ModelProcesses.Ending ending =
          ModelProcesses.run(request, folder, DeviceChoice.CPU, ModelProcesses.MAX_SILENCE);
      if (ending.code() != 0 && !interruption.happened()) {
        throw new IOException("%s: %s".formatted(failure, ending.reason()));
      }
      DurableFiles.deleteTree(folder);
      if (interruption.happened()) {
        throw new InterruptedException(failure + ": interrupted");
      }
    }
  }
}
