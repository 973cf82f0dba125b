package dev.twofold.pipelines.run;

import dev.twofold.transforms.artifacts.FileTrouble;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Refuses folders that cannot be used before anything is done. */
public final class Workdir {

  private Workdir() {}

  /**
   * Makes the workdir and writes a file into it.
   *
   * @throws UsageException when it is not writable
   */
  public static void check(Path workdir) {
    check("the workdir", workdir, "choose another with --workdir or `workdir:`");
  }

  /**
   * Makes the folder for what all runs of a user share and writes a file into it.
   *
   * @throws UsageException when it is not writable
   */
  static void checkHome(Path home) {
    check("the folder of libraries and of the MLflow server", home, "name another in TWOFOLD_HOME");
  }

  private static void check(String what, Path folder, String remedy) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw refused(what, FileTrouble.reason(folder, e), remedy);
    }
    try {
      Path token = Files.createTempFile(folder, ".writable", "");
      Files.delete(token);
    } catch (AccessDeniedException | NoSuchFileException e) { // the latter in /proc
      throw refused(what, folder + ": no file can be made in it", remedy);
    } catch (IOException e) {
      throw refused(what, FileTrouble.reason(folder, e), remedy);
    }
  }

  private static UsageException refused(String what, String reason, String remedy) {
    return new UsageException("Cannot write to %s: %s (%s)".formatted(what, reason, remedy));
  }
}
