package dev.twofold.transforms.artifacts;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLockInterruptionException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The right to make one artifact, held by one worker at a time: {@code claim.json} in the
 * artifact's folder, renewed while it is held.
 *
 * <p>A claim is stale when its process is gone from this host, or when it comes from another host
 * and was not renewed for {@link #LEASE}. A live claim of the same process is honoured: workers are
 * threads. Every reading-and-writing of the file happens under a lock on {@code claim.lock}, so of
 * several takers of a stale claim exactly one wins.
 */
public final class Claim implements AutoCloseable {
  static final Duration LEASE = Duration.ofSeconds(30);

  /** As claims name it: its name, a slash and a hash of what keeps its processes apart. */
  static final String HOST = host();

  /** The kernel's idea of a process's start moves when the clock is set. */
  private static final Duration START_TOLERANCE = Duration.ofSeconds(5);

  private static final Duration RENEWAL = Duration.ofSeconds(5);
  private static final int TRIES_TO_GIVE_UP = 5;
  private static final String CLAIM = "claim.json";
  private static final String LOCK = "claim.lock";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** File locks are held by processes; this one keeps the threads apart. */
  private static final Object THREADS = new Object();

  private final Path directory;
  private final Holder holder;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean held = true;

  /**
   * The content of claim.json.
   *
   * @param id of this very claim
   * @param processStart, renewed in ms since the epoch
   */
  record Holder(String id, String owner, String host, long pid, long processStart, long renewed) {

    Holder renewedAt(long time) {
      return new Holder(id, owner, host, pid, processStart, time);
    }

    /** The host's name alone. */
    String machine() {
      return host.replaceFirst("/.*", "");
    }

    boolean isLive(long now) {
      // A clock that was ahead must not make a claim for as long as it was.
      return host.equals(HOST) ? isRunning() : Math.abs(now - renewed) < LEASE.toMillis();
    }

    private boolean isRunning() {
      return ProcessHandle.of(pid)
          .filter(ProcessHandle::isAlive)
          .map(process -> Math.abs(startOf(process, processStart) - processStart))
          .filter(difference -> difference <= START_TOLERANCE.toMillis())
          .isPresent();
    }
  }

  private Claim(Path directory, Holder holder) {
    this.directory = directory;
    this.holder = holder;
  }

  /**
   * Takes the claim on an artifact, unless somebody alive holds it.
   *
   * @param owner for a person who looks: which worker of which run
   */
  public static Optional<Claim> take(Path artifactDirectory, String owner) {
    try {
      Files.createDirectories(artifactDirectory);
      return locked(artifactDirectory, () -> takeLocked(artifactDirectory, owner));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot claim artifact %s: %s".formatted(artifactDirectory, e), e);
    }
  }

  /** Who holds the claim on an artifact, if somebody alive does. */
  public static Optional<String> holder(Path artifactDirectory) {
    try {
      return read(artifactDirectory)
          .filter(holder -> holder.isLive(System.currentTimeMillis()))
          .map(holder -> "process %d on %s".formatted(holder.pid(), holder.machine()));
    } catch (IOException unreadable) {
      return Optional.empty();
    }
  }

  /** Whether this claim still stands; one that could not be renewed in time may be taken over. */
  public boolean isHeld() {
    return held;
  }

  /**
   * Gives the artifact free, in a cancelled thread too: an interrupted one can take no lock, and a
   * claim that it left would last as long as its process.
   */
  @Override
  public void close() {
    closed.countDown();
    held = false;
    boolean interrupted = Thread.interrupted();
    int failures = 0;
    try {
      while (!giveUp(failures)) {
        failures++;
        interrupted |= Thread.interrupted();
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Whether neither an interrupt nor a storage that fails for a moment came in between. */
  private boolean giveUp(int failures) {
    try {
      return locked(directory, this::deleteOurs);
    } catch (FileLockInterruptionException | ClosedByInterruptException e) {
      return false;
    } catch (NoSuchFileException discarded) {
      return true; // The folder is gone, and the claim with it.
    } catch (IOException e) {
      if (failures < TRIES_TO_GIVE_UP) {
        LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
        return false;
      }
      throw new UncheckedIOException("Cannot give up claim on %s: %s".formatted(directory, e), e);
    }
  }

  private boolean deleteOurs() throws IOException {
    if (isOurs()) {
      Files.deleteIfExists(directory.resolve(CLAIM));
    }
    return true;
  }

  static boolean isClaimFile(Path file) {
    String name = file.getFileName().toString();
    return name.equals(CLAIM) || name.equals(LOCK) || name.startsWith("." + CLAIM);
  }

  private static Optional<Claim> takeLocked(Path directory, String owner) throws IOException {
    long now = System.currentTimeMillis();
    if (read(directory).filter(holder -> holder.isLive(now)).isPresent()) {
      return Optional.empty();
    }
    ProcessHandle self = ProcessHandle.current();
    Holder holder =
        new Holder(UUID.randomUUID().toString(), owner, HOST, self.pid(), startOf(self, 0), now);
    write(directory, holder);
    Claim claim = new Claim(directory, holder);
    claim.startRenewing();
    return Optional.of(claim);
  }

  private void startRenewing() {
    Thread thread = new Thread(this::renewUntilClosed, "claim " + directory.getFileName());
    thread.setDaemon(true);
    thread.start();
  }

  private void renewUntilClosed() {
    try {
      while (!closed.await(RENEWAL.toMillis(), TimeUnit.MILLISECONDS)) {
        if (!renew()) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A storage that fails for a moment is no reason to give up: the lease is six renewals long. */
  private boolean renew() {
    try {
      held = held && locked(directory, this::renewLocked);
      return held;
    } catch (IOException e) {
      return true;
    }
  }

  private boolean renewLocked() throws IOException {
    boolean ours = isOurs();
    if (ours) {
      write(directory, holder.renewedAt(System.currentTimeMillis()));
    }
    return ours;
  }

  private boolean isOurs() throws IOException {
    return read(directory).filter(current -> current.id().equals(holder.id())).isPresent();
  }

  /**
   * What stands in the file; nothing where it is absent or damaged.
   *
   * @throws IOException when the storage fails, which says nothing of who holds it
   */
  private static Optional<Holder> read(Path directory) throws IOException {
    try {
      return Optional.of(
          MAPPER.readValue(Files.readAllBytes(directory.resolve(CLAIM)), Holder.class));
    } catch (NoSuchFileException | JacksonException absentOrDamaged) {
      return Optional.empty();
    }
  }

  private static void write(Path directory, Holder holder) throws IOException {
    DurableFiles.replace(directory.resolve(CLAIM), MAPPER.writeValueAsBytes(holder));
  }

  private static <T> T locked(Path directory, IoSupplier<T> action) throws IOException {
    synchronized (THREADS) {
      try (FileChannel channel =
          FileChannel.open(
              directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        lock(channel);
        return action.get();
      }
    }
  }

  /** Closing the channel releases the lock. */
  private static void lock(FileChannel channel) throws IOException {
    while (true) {
      try {
        channel.lock();
        return;
      } catch (OverlappingFileLockException heldThroughAnotherClassLoader) {
        LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
      }
    }
  }

  private static long startOf(ProcessHandle process, long unknown) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(unknown);
  }

  /**
   * Where a process's number means something: containers can share a host's name and number their
   * processes each from 1, and copies of a machine share a name too.
   */
  private static String host() {
    String name;
    try {
      name = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      name = Optional.ofNullable(System.getenv("HOSTNAME")).orElse("localhost");
    }
    try {
      String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
      Path processes = Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
      return name + "/" + Sha256.of(boot + " " + processes).substring(0, 8);
    } catch (IOException noLinux) {
      return name;
    }
  }

  @FunctionalInterface
  private interface IoSupplier<T> {
    T get() throws IOException;
  }
}
