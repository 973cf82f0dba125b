package dev.twofold.pipelines.run;

import dev.twofold.transforms.artifacts.FileTrouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A folder that a user has named for what a command writes. */
public final class OutputFolder {

  private OutputFolder() {}

  /**
   * Makes the folder where it is missing.
   *
   * @param failure how the message begins when that fails
   * @throws UsageException when it is no folder, or nothing can be written to it
   */
  public static void make(String failure, Path folder) {
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder);
      }
    } catch (NoSuchFileException e) { // as below /proc
      throw new UsageException("%s: %s cannot be made".formatted(failure, e.getFile()));
    } catch (IOException e) {
      throw new UsageException("%s: %s".formatted(failure, FileTrouble.reason(folder, e)));
    }
    if (!Files.isWritable(folder)) {
      throw new UsageException(
          "%s: no permission to write in %s (name another folder)".formatted(failure, folder));
    }
  }
}
