package dev.twofold.transforms.artifacts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Optional;

/** Why a file or folder cannot be used, in words: of some reasons Java has but a class. */
public final class FileTrouble {
  private FileTrouble() {}

  /** The message of such a failure; empty of any other. */
  public static Optional<String> text(Exception e) {
    if (e instanceof UncheckedIOException wrapped
        && wrapped.getCause().toString().equals(wrapped.getMessage())) {
      return text(wrapped.getCause());
    }
    return e instanceof FileSystemException failure
        ? named(failure).map("Cannot use "::concat)
        : Optional.empty();
  }

  /**
   * Why, behind the file's name.
   *
   * @param file for a failure that names none
   */
  public static String reason(Path file, IOException e) {
    if (e instanceof FileSystemException failure) {
      return named(failure).orElseGet(failure::toString);
    }
    return file + ": " + (e.getMessage() == null ? e.toString() : e.getMessage());
  }

  private static Optional<String> named(FileSystemException e) {
    String file =
        e.getOtherFile() == null
            ? e.getFile()
            : "%s (from %s)".formatted(e.getOtherFile(), e.getFile());
    return Optional.ofNullable(e.getReason()).or(() -> known(e)).map(why -> file + ": " + why);
  }

  private static Optional<String> known(FileSystemException e) {
    if (e instanceof NoSuchFileException) {
      return Optional.of("there is no such file or folder");
    }
    if (e instanceof AccessDeniedException) {
      return Optional.of("no permission to read or write it");
    }
    if (e instanceof FileAlreadyExistsException) {
      return Optional.of("a file has this name (must be a folder, or a name that nothing has)");
    }
    if (e instanceof FileSystemLoopException) {
      return Optional.of("it is a link to a folder that it lies in (delete it)");
    }
    return e instanceof NotDirectoryException
        ? Optional.of("it is a file (must be a folder)")
        : Optional.empty();
  }

  /** As {@link #text}; what the exception says where it has no words. */
  public static String message(Exception e) {
    return text(e).orElse(e.getMessage() == null ? e.toString() : e.getMessage());
  }
}
