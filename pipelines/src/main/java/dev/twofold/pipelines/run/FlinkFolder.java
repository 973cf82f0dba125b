package dev.twofold.pipelines.run;

import dev.twofold.transforms.artifacts.DurableFiles;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Where an embedded Flink has its settings and writes: a folder in java.io.tmpdir that goes with
 * the command. By itself Flink unpacks 22 MB there, tidies up in the background, and is mostly cut
 * off in that.
 */
public final class FlinkFolder {
  /** The command's process number follows. */
  private static final String PREFIX = "twofold-flink-";

  /** Long, since the processes of another container, which may share the folder, are not seen. */
  private static final Duration ABANDONED = Duration.ofDays(7);

  /** What a folder can be called in a setting: # begins a comment, and the others a next folder. */
  private static final Pattern NAMEABLE = Pattern.compile("[^#,:]+");

  /** Of this process. */
  private static final Set<Path> FOLDERS = ConcurrentHashMap.newKeySet();

  private FlinkFolder() {}

  /** A new one, absolute. Those of commands that were killed a week ago go. */
  static Path make() throws IOException {
    String prefix = PREFIX + ProcessHandle.current().pid() + "-";
    Path folder = Files.createTempDirectory(prefix).toAbsolutePath();
    FOLDERS.add(folder);
    deleteAtEnd(folder);
    deleteAbandoned(folder);
    return folder;
  }

  /** What makes Flink write there. */
  static List<String> settings(Path folder) {
    return NAMEABLE.matcher(folder.toString()).matches()
        ? List.of("io.tmp.dirs: " + folder, "web.tmpdir: " + folder)
        : List.of();
  }

  /** All of this process; for a command that ends the virtual machine without its hooks. */
  public static void deleteAll() {
    FOLDERS.forEach(FlinkFolder::delete);
  }

  /**
   * Files that are to be deleted on exit are deleted when all shutdown hooks are done, so that a
   * pipeline that is interrupted has its files to the last.
   */
  private static void deleteAtEnd(Path folder) {
    Runnable mark = () -> contents(folder).forEach(path -> path.toFile().deleteOnExit());
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(mark, "delete-flink-files"));
    } catch (IllegalStateException ending) {
      // The command was interrupted, and deletes its folders itself.
    }
  }

  /** Folders of commands that were killed. */
  private static void deleteAbandoned(Path own) {
    Instant old = Instant.now().minus(ABANDONED);
    try (DirectoryStream<Path> folders =
        Files.newDirectoryStream(own.getParent(), PREFIX + "[0-9]*-*")) {
      for (Path folder : folders) {
        String name = folder.getFileName().toString().substring(PREFIX.length());
        long pid = Long.parseLong(name.split("-", -1)[0]);
        if (ProcessHandle.of(pid).isEmpty()
            && Files.getLastModifiedTime(folder).toInstant().isBefore(old)
            && Files.getOwner(folder).equals(Files.getOwner(own))) {
          delete(folder);
        }
      }
    } catch (IOException | DirectoryIteratorException | NumberFormatException e) {
      // Then they stay: the command needs none of it.
    }
  }

  private static void delete(Path folder) {
    try {
      DurableFiles.deleteTree(folder);
    } catch (IOException e) {
      // Flink may still be writing there; a later command deletes it.
    }
  }

  /** A folder and all below it, parents first; Flink may be deleting them meanwhile. */
  private static List<Path> contents(Path folder) {
    List<Path> paths = new ArrayList<>();
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
              paths.add(path);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
              paths.add(path);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException gone) {
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path path, IOException gone) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      // What was seen until then
    }
    return paths;
  }
}
