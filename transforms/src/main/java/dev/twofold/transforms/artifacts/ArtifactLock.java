package dev.twofold.transforms.artifacts;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLockInterruptionException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;

/**
 * The right of one process to make or change an artifact: the operating system's lock on {@code
 * <workdir>/locks/<key>.lock}, which ends with the process. Workers hold a {@link Claim} beside it,
 * which a process outlives whose worker was killed.
 *
 * <p>It keeps processes apart, not threads: on Linux, closing a second channel on a lock's file
 * gives the lock away.
 */
public final class ArtifactLock {

  private static final Duration POLL = Duration.ofMillis(200);

  private ArtifactLock() {}

  /** What is done under the lock. */
  @FunctionalInterface
  public interface Work<T> {
    T run() throws IOException;
  }

  /**
   * Waits for the lock and works. It waits in one call, so that whoever watches this process takes
   * too long a wait for a hang: another process that has the lock may be one that hangs.
   */
  public static <T> T holding(Path workdir, StageKey key, Work<T> work) throws IOException {
    try (FileChannel channel = open(workdir, key)) {
      channel.lock();
      return work.run();
    }
  }

  /** Waits for the lock, as long as those take who are at work and watched, and works. */
  public static <T> T holdingInTurn(Path workdir, StageKey key, Work<T> work) throws IOException {
    try (FileChannel channel = open(workdir, key)) {
      while (!tryLock(channel)) {
        Thread.sleep(POLL.toMillis());
      }
      return work.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FileLockInterruptionException();
    }
  }

  /** Works, unless somebody has the lock. */
  public static <T> Optional<T> tryHolding(Path workdir, StageKey key, Work<T> work)
      throws IOException {
    try (FileChannel channel = open(workdir, key)) {
      return tryLock(channel) ? Optional.of(work.run()) : Optional.empty();
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException heldByThisProcess) {
      return false;
    }
  }

  private static FileChannel open(Path workdir, StageKey key) throws IOException {
    Path file = workdir.resolve("locks").resolve(key.hex() + ".lock");
    Files.createDirectories(file.getParent());
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }
}
