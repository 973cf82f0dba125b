package dev.twofold.tracking;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** A random name that lies in a file, so that it moves with what it tells from others. */
final class Identity {
  private Identity() {}

  /** The name in the file, made at the first need. */
  static String in(Path file) throws IOException {
    String identity = Files.exists(file) ? Files.readString(file).strip() : "";
    if (identity.isEmpty()) { // A full disk leaves an empty file.
      identity = UUID.randomUUID().toString();
      Files.createDirectories(file.getParent());
      Path whole =
          Files.writeString(file.resolveSibling(file.getFileName() + ".new"), identity + "\n");
      Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING);
    }
    return identity;
  }
}
