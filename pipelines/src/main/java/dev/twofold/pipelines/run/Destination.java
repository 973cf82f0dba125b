package dev.twofold.pipelines.run;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;

/**
 * Where a file goes that is made elsewhere: in the place of another one, behind links too, or into
 * what is no file of its own, such as a pipe, a device or {@code /dev/stdout}.
 *
 * @param place the file behind all links, which need not be there
 * @param isStream whether it is written into; what stands there is replaced otherwise
 */
record Destination(Path place, boolean isStream) {

  /** What is behind a name that a user has given. */
  static Destination of(Path named) throws IOException {
    boolean stream = leadsToOpenFile(named) || (Files.exists(named) && !Files.isRegularFile(named));
    return new Destination(stream ? named : behindLinks(named), stream);
  }

  /**
   * Whether it stands for what a process has open, as {@code /dev/stdout} does: where a shell has
   * opened a file for several commands, that file is not this one's to replace.
   */
  private static boolean leadsToOpenFile(Path named) throws IOException {
    if (!Files.exists(named)) {
      return false; // nor does a link to itself
    }
    Path at = named;
    while (!isDescriptor(at)) {
      if (!Files.isSymbolicLink(at)) {
        return false;
      }
      at = at.resolveSibling(Files.readSymbolicLink(at));
    }
    return true;
  }

  private static boolean isDescriptor(Path path) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    return folder != null
        && Files.isDirectory(folder)
        && folder.toRealPath().startsWith("/proc")
        && Files.exists(path);
  }

  /** Of a link to a file that is not there yet, that file. */
  private static Path behindLinks(Path named) throws IOException {
    if (!Files.isSymbolicLink(named)) {
      return named;
    }
    try {
      return named.toRealPath();
    } catch (NoSuchFileException none) {
      return behindLinks(named.resolveSibling(Files.readSymbolicLink(named)));
    }
  }

  /** Folder that the file is put in. */
  Path folder() {
    return place.toAbsolutePath().getParent();
  }

  /** Puts a file there, which is at its own place no longer, or else at it still. */
  void take(Path made) throws IOException {
    if (isStream) {
      try (OutputStream into = Files.newOutputStream(place, StandardOpenOption.APPEND)) {
        Files.copy(made, into);
      }
      Files.delete(made);
      return;
    }
    if (Files.exists(place)) {
      liken(made);
    }
    Files.move(made, place, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Whoever may read the file that is replaced, and nobody else, may read the new one. */
  private void liken(Path made) throws IOException {
    PosixFileAttributeView old = Files.getFileAttributeView(place, PosixFileAttributeView.class);
    PosixFileAttributeView view = Files.getFileAttributeView(made, PosixFileAttributeView.class);
    if (old == null || view == null) {
      return;
    }
    PosixFileAttributes replaced = old.readAttributes();
    whereAllowed(() -> view.setOwner(replaced.owner()));
    whereAllowed(() -> view.setGroup(replaced.group()));
    whereAllowed(() -> view.setPermissions(replaced.permissions()));
  }

  private interface Change {
    void make() throws IOException;
  }

  /** Only root gives files away, and some file systems know no permissions. */
  private static void whereAllowed(Change change) throws IOException {
    try {
      change.make();
    } catch (FileSystemException refused) {
      // it stays as it was made
    }
  }
}
