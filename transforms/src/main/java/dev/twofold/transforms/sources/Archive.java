package dev.twofold.transforms.sources;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Kinds of archives, told apart by the end of their names. */
enum Archive {
  ZIP,
  TAR,
  COMPRESSED_TAR;

  /** Empty of what has the name of none. */
  static Optional<Archive> of(Path path) {
    String name =
        path.toAbsolutePath().normalize().getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".tar.gz") || name.endsWith(".tgz")) {
      return Optional.of(COMPRESSED_TAR);
    }
    if (name.endsWith(".tar")) {
      return Optional.of(TAR);
    }
    return name.endsWith(".zip") ? Optional.of(ZIP) : Optional.empty();
  }
}
