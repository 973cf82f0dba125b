package dev.twofold.pipelines.run;

import dev.twofold.transforms.artifacts.FileTrouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Refuses a workdir that cannot be used before anything is done. */
public final class Workdir {

  private Workdir() {}

  /**
   * Makes the workdir and writes a file into it.
   *
   * @throws UsageException when it is not writable
   */
  public static void check(Path workdir) {
    try {
      Files.createDirectories(workdir);
      Path token = Files.createTempFile(workdir, ".writable", "");
      Files.delete(token);
    } catch (IOException e) {
      throw new UsageException(
          "Cannot write to the workdir: %s (choose another with --workdir or `workdir:`)"
              .formatted(FileTrouble.reason(workdir, e)));
    }
  }
}
