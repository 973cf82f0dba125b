package dev.twofold.tracking;

import java.io.IOException;
import java.nio.file.CopyOption;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** A random name that lies in a file, so that it moves with what it tells from others. */
final class Identity {
  private Identity() {}

  /** The name in the file, made at the first need; of several that make it one is everybody's. */
  static String in(Path file) throws IOException {
    String identity = Files.exists(file) ? Files.readString(file).strip() : "";
    if (!identity.isEmpty()) {
      return identity;
    }
    String made = UUID.randomUUID().toString();
    Files.createDirectories(file.getParent());
    Path whole =
        Files.writeString(file.resolveSibling(file.getFileName() + "." + made), made + "\n");
    CopyOption[] overAnEmptyOne = // as a full disk leaves it
        Files.exists(file)
            ? new CopyOption[] {StandardCopyOption.REPLACE_EXISTING}
            : new CopyOption[0];
    try {
      Files.move(whole, file, overAnEmptyOne);
    } catch (FileAlreadyExistsException madeMeanwhile) {
      Files.delete(whole);
    }
    return Files.readString(file).strip();
  }
}
