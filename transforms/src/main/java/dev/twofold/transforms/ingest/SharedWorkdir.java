package dev.twofold.transforms.ingest;

import dev.twofold.transforms.sources.DataRefusedException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Refuses the workdir of a worker that is another storage than the client's. */
public final class SharedWorkdir {

  private SharedWorkdir() {}

  /**
   * Looks for a file or folder that the client, or another worker, wrote into its workdir.
   *
   * @throws DataRefusedException when it is not there, naming worker and workdir
   */
  public static void require(Path workdir, Path written) {
    if (!Files.exists(written)) {
      throw new DataRefusedException(
          "Cannot use workdir %s on worker %s: it is not the workdir of this command, since %s is not"
                  .formatted(workdir, host(), workdir.relativize(written))
              + " there (client and workers need the same storage under the same path)");
    }
  }

  /** This machine's name, for messages that are read on another. */
  public static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return e.getMessage();
    }
  }
}
