package dev.twofold.transforms.sources;

import dev.twofold.transforms.artifacts.FileTrouble;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.zip.ZipException;

/** What a user reads of a source that cannot be opened or listed. */
final class SourceRefusals {
  private SourceRefusals() {}

  /** Opens or lists a source. */
  interface Access<T> {
    T get() throws IOException;
  }

  /**
   * What an access gives.
   *
   * @throws DataRefusedException when it fails, with the remedy
   */
  static <T> T of(String dataset, Path path, Access<T> access) {
    try {
      return access.get();
    } catch (SourceFaultException | ZipException | EOFException | IllegalArgumentException e) {
      throw damaged(dataset, path, e);
    } catch (UnpackedTar.NoRoomException e) {
      throw new DataRefusedException(
          "Cannot read dataset %s: cannot unpack %s to %s (free space there, or name another --workdir)"
              .formatted(dataset, path, e.getMessage()),
          e);
    } catch (IOException e) {
      throw new DataRefusedException(
          "Cannot read dataset %s: %s (mend that, or name another path)"
              .formatted(dataset, FileTrouble.reason(path, e)),
          e);
    }
  }

  private static DataRefusedException damaged(String dataset, Path path, Exception e) {
    if (e instanceof ZipException && FileTrouble.message(e).contains("encrypted")) {
      return new DataRefusedException(
          "Cannot read dataset %s: %s: it is encrypted (encrypted archives are not read; unpack it, and name the folder)"
              .formatted(dataset, path),
          e);
    }
    return new DataRefusedException(
        "Cannot read dataset %s: %s: %s (is the file complete? Get it again, or name another path)"
            .formatted(dataset, path, FileTrouble.message(e)),
        e);
  }
}
