package dev.twofold.tracking;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the event logs of runs and projects them to an MLflow server, from one thread of its own.
 *
 * <p>One sender is as fast as four: the server writes to one database. A server that goes away
 * holds nothing up; what it has not acknowledged is sent when it is back, by this tracker or a
 * later one.
 */
public final class Tracker implements AutoCloseable {
  /** The managed server on this machine. */
  public static final String LOCAL = "local";

  /** Nothing is sent; a later tracker projects the same logs. */
  public static final String OFFLINE = "offline";

  private static final Logger LOG = LoggerFactory.getLogger(Tracker.class);

  /** Without it the pages open in their view for language models, which has no training. */
  private static final String MODEL_TRAINING = "workflowType=machine_learning";

  private static final long TELL_MILLIS = 10_000;
  private static final long POLL_MILLIS = 1000;
  private static final long FIRST_BACK_OFF_MILLIS = 1000;
  private static final long LONGEST_BACK_OFF_MILLIS = 30_000;

  /** As a person may take to mend a login or a proxy. */
  private static final long PERSONS_MILLIS = 600_000;

  private static final Duration STOPPING = Duration.ofSeconds(5);

  private final Optional<MlflowApi> api;

  /** The server that is ours to start again when it is gone. */
  private final Optional<ManagedServer> managed;

  private final Path workdir;
  private final Path states;
  private final Thread sender;
  private final Warnings warnings = new Warnings();

  /** Guards what follows, and is notified when a pass ends or is wanted. */
  private final Object monitor = new Object();

  private final Map<Path, Followed> followed = new LinkedHashMap<>();
  private Optional<String> trouble = Optional.empty();
  private long passesWanted;
  private long passesMade;
  private boolean closing;

  /** Touched by the sender only. */
  private FileLock lock;

  private Tracker(
      Optional<MlflowApi> api, Optional<ManagedServer> managed, Path workdir, String serverId) {
    this.api = api;
    this.managed = managed;
    this.workdir = workdir;
    this.states = workdir.resolve("tracking").resolve(serverId);
    this.sender = new Thread(this::send, "tracking-sender");
    sender.setDaemon(true);
  }

  /**
   * A tracker for a server that has answered; the local one is installed and started where needed.
   *
   * @param uri {@link #LOCAL}, {@link #OFFLINE} or an http(s) address
   * @param progress hears what takes long, one line at a time
   * @throws TrackingRefusedException where there is no such server, or it lets nobody in
   */
  public static Tracker connect(
      String uri, Path workdir, Map<String, String> environment, Consumer<String> progress) {
    return switch (uri) {
      case OFFLINE -> new Tracker(Optional.empty(), Optional.empty(), workdir, OFFLINE);
      case LOCAL -> connect(ManagedServer.of(environment, progress), workdir);
      default -> {
        MlflowApi api = Connection.open(uri, environment);
        yield started(new Tracker(Optional.of(api), Optional.empty(), workdir, idOf(api.uri())));
      }
    };
  }

  /** A tracker for a server that is ours, whatever its port: its state follows the identity. */
  static Tracker connect(ManagedServer server, Path workdir) {
    MlflowApi api = Connection.open(server.start().uri().toString(), Map.of());
    String id = "local-" + server.identity().substring(0, 8);
    return started(new Tracker(Optional.of(api), Optional.of(server), workdir, id));
  }

  private static Tracker started(Tracker tracker) {
    tracker.sender.start();
    return tracker;
  }

  /** The address of the server; empty when offline. */
  public Optional<URI> serverUri() {
    return api.map(MlflowApi::uri);
  }

  /** Follows a run from here on; a folder that is followed already is followed once. */
  public void add(Path runFolder) throws IOException {
    Path folder = runFolder.toAbsolutePath().normalize();
    RunDescription run = RunDescription.read(folder);
    synchronized (monitor) {
      followed.computeIfAbsent(folder, each -> new Followed(run));
    }
  }

  /** Whether a run has ended and the server lacks what can be sent of it, as is remembered here. */
  public boolean owes(RunDescription run) throws IOException {
    return api.isPresent() && newProjector(new Followed(run)).owes();
  }

  /** Sends what the logs hold at this moment; false where that did not succeed in the time. */
  public boolean flush(Duration time) {
    long deadline = System.nanoTime() + time.toNanos();
    return flush(() -> Duration.ofNanos(deadline - System.nanoTime()), runs -> {});
  }

  private boolean flush(Supplier<Duration> left, IntConsumer waiting) {
    if (api.isEmpty()) {
      return true;
    }
    try {
      return awaitDelivery(left, waiting);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private boolean awaitDelivery(Supplier<Duration> timeLeft, IntConsumer waiting)
      throws InterruptedException {
    long wanted;
    synchronized (monitor) {
      wanted = passesMade + 2; // The pass under way may have read a log before it grew.
      passesWanted = Math.max(passesWanted, wanted);
      followed.values().forEach(Followed::tryAtOnce);
      monitor.notifyAll();
    }
    long told = System.nanoTime();
    while (true) {
      int undelivered;
      synchronized (monitor) {
        undelivered = undelivered(wanted);
        if (undelivered == 0) {
          return true;
        }
        long left = timeLeft.get().toMillis();
        if (left <= 0 || !sender.isAlive() || nothingElseComes(wanted)) {
          return false;
        }
        monitor.wait(Math.min(left, TELL_MILLIS));
      }
      if (System.nanoTime() - told >= TELL_MILLIS * 1_000_000) {
        told = System.nanoTime();
        waiting.accept(undelivered); // not while it holds the sender up
      }
    }
  }

  private boolean nothingElseComes(long pass) {
    return followed.values().stream()
        .allMatch(each -> each.isDelivered(pass) || each.refusedIn >= pass);
  }

  private int undelivered(long pass) {
    return (int) followed.values().stream().filter(each -> !each.isDelivered(pass)).count();
  }

  /**
   * Sends all, however long that takes, unless the server takes nothing for so long; then stops,
   * and says what it does not have.
   *
   * @param waiting hears every ten seconds of how many runs something is still to be sent
   */
  public Delivery deliver(Duration patience, IntConsumer waiting) {
    api.ifPresent(server -> server.progress().made());
    flush(() -> patience.minus(api.orElseThrow().progress().age()), waiting);
    return stop();
  }

  /** Sends what it can in the time, stops, and says what the server does not have. */
  public Delivery close(Duration time) {
    flush(time);
    return stop();
  }

  private Delivery stop() {
    synchronized (monitor) {
      closing = true;
      monitor.notifyAll();
    }
    sender.interrupt();
    try {
      sender.join(STOPPING.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return delivery();
  }

  /** Stops without waiting for anything to be sent. */
  @Override
  public void close() {
    close(Duration.ZERO);
  }

  private Delivery delivery() {
    synchronized (monitor) {
      List<Delivery.Undelivered> undelivered = new ArrayList<>();
      List<Delivery.Undelivered> lost = new ArrayList<>();
      if (api.isPresent()) {
        for (Followed each : followed.values()) {
          each.missing(passesWanted, trouble)
              .ifPresent(reason -> undelivered.add(each.without(reason)));
          if (!each.lost.isEmpty()) {
            lost.add(each.without("lost for good: " + String.join("; ", each.lost)));
          }
        }
      }
      return new Delivery(undelivered, lost, warnings.all());
    }
  }

  // ---- the user interface's address

  /** The page with the charts of all runs of the experiment, once one of them is on the server. */
  public Optional<URI> experimentUrl(String experiment) {
    synchronized (monitor) {
      return followed.values().stream()
          .filter(each -> each.run.experiment().equals(experiment) && !each.experimentId.isEmpty())
          .findFirst()
          .flatMap(
              each ->
                  page(
                      "experiments/%s/runs?compareRunsMode=CHART&%s"
                          .formatted(each.experimentId, MODEL_TRAINING)));
    }
  }

  private Optional<URI> page(String path) {
    return api.map(each -> URI.create(each.uri() + "/#/" + path));
  }

  // ---- the sender

  private void send() {
    try {
      passAndWait();
    } catch (InterruptedException e) {
      LOG.debug("Stopped sending to {}", serverUri());
    } finally {
      releaseLock();
    }
  }

  private void passAndWait() throws InterruptedException {
    long backOff = FIRST_BACK_OFF_MILLIS;
    while (!isClosing()) {
      Optional<String> obstacle = pass();
      synchronized (monitor) {
        if (!closing) { // What the end cuts off says nothing of the server.
          trouble = obstacle;
        }
        passesMade++;
        monitor.notifyAll();
        if (obstacle.isPresent()) {
          monitor.wait(backOff);
          backOff = Math.min(2 * backOff, LONGEST_BACK_OFF_MILLIS);
        } else {
          backOff = FIRST_BACK_OFF_MILLIS;
          if (passesMade >= passesWanted) {
            monitor.wait(POLL_MILLIS);
          }
        }
      }
    }
  }

  private boolean isClosing() {
    synchronized (monitor) {
      return closing;
    }
  }

  /** Over all runs, unless nothing of the server is reached; then why. */
  private Optional<String> pass() {
    List<Followed> all;
    long wanted;
    synchronized (monitor) {
      all = List.copyOf(followed.values());
      wanted = passesWanted;
    }
    Optional<String> locked = acquireLock();
    if (locked.isPresent()) {
      return locked;
    }
    for (Followed each : all) {
      if (isClosing()) {
        return Optional.empty();
      }
      if (!each.isDue() || (each.settled && each.isDelivered(wanted))) {
        continue;
      }
      try {
        project(each);
      } catch (ServerAwayException e) {
        String reason = "%s: %s".formatted(api.orElseThrow().uri(), e.getMessage());
        failed(each, reason);
        if (e.isUnreachable()) {
          revive();
          return Optional.of(reason);
        }
      } catch (ServerRefusedException e) {
        String reason = "the server refuses it: " + e.getMessage();
        if (e.remedy().isPresent()) {
          awaitsPerson(
              each, "%s (%s; the same command sends it then)".formatted(reason, e.remedy().get()));
        } else {
          failed(each, reason);
        }
      } catch (IOException | RuntimeException e) {
        LOG.warn("Cannot project run {}", each.run.name(), e);
        failed(each, e.toString());
      }
    }
    return Optional.empty();
  }

  private void project(Followed each) throws IOException {
    Projector projector = each.projector(this);
    Optional<String> missing = projector.project();
    synchronized (monitor) {
      each.succeeded(passesMade + 1, missing, projector.experimentId());
      each.settled = missing.isEmpty() && projector.hasSentEnd();
    }
  }

  /**
   * No patience helps: the run is looked at again when all is to be sent, or a good while later.
   */
  private void awaitsPerson(Followed each, String reason) {
    synchronized (monitor) {
      if (!closing) {
        if (!each.missing.equals(Optional.of(reason))) {
          LOG.warn("Run {}: {}", each.run.name(), reason);
        }
        each.awaitsPerson(passesMade + 1, reason);
      }
    }
  }

  private void failed(Followed each, String reason) {
    synchronized (monitor) {
      if (!closing) {
        each.failed(reason);
      }
    }
  }

  /**
   * A server of ours that is gone is started again; on its old port, so that this tracker finds it.
   */
  private void revive() {
    if (managed.isEmpty() || Thread.currentThread().isInterrupted()) {
      return;
    }
    try {
      managed.get().startOn(api.orElseThrow().uri().getPort());
    } catch (RuntimeException e) { // the next pass tries again
      LOG.warn("Cannot start {} again: {}", serverUri().orElseThrow(), e.getMessage());
    }
  }

  private Projector newProjector(Followed each) throws IOException {
    String owner = Identity.in(workdir.resolve("runs").resolve(".identity"));
    return new Projector(
        api.orElseThrow(),
        workdir,
        state(each.run),
        each.run,
        owner,
        warnings,
        what -> lose(each, what));
  }

  private Path state(RunDescription run) {
    return states.resolve(MlflowApi.uuidOf(run.key()) + ".json");
  }

  private void lose(Followed each, String what) {
    synchronized (monitor) {
      each.lost.add(what);
    }
  }

  /**
   * Why there is none: two processes that project the same logs at once would do no harm but to
   * send everything twice.
   */
  private Optional<String> acquireLock() {
    if (lock != null) {
      return Optional.empty();
    }
    try {
      Files.createDirectories(states);
      FileChannel channel =
          FileChannel.open(
              states.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      lock = tryLock(channel);
      return lock == null
          ? Optional.of("another process is projecting " + workdir)
          : Optional.empty();
    } catch (IOException e) {
      return Optional.of(
          "cannot keep the tracking state in %s: %s (let this user write there)"
              .formatted(states, e));
    }
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Another tracker of this process.
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    return lock;
  }

  private void releaseLock() {
    if (lock == null) {
      return;
    }
    try {
      lock.acquiredBy().close();
    } catch (IOException e) {
      LOG.debug("Cannot release the lock in {}", states, e);
    }
  }

  /** A folder name that tells servers apart and that a person recognises. */
  private static String idOf(URI uri) {
    String readable = (uri.getHost() + "-" + uri.getPort()).replaceAll("[^A-Za-z0-9.-]", "_");
    return readable + "-" + MlflowApi.uuidOf(uri.toString()).toString().substring(0, 8);
  }

  /** A run and how it fares. */
  private static final class Followed {
    private final RunDescription run;
    private Projector projector;
    private String experimentId = "";

    /** The last pass that brought it to where its logs were. */
    private long projectedIn;

    /** The last pass in which it was refused what only a person can mend. */
    private long refusedIn;

    private Optional<String> missing = Optional.empty();

    /**
     * Whether the server has its end, so that it is looked at again only when all is to be sent: a
     * workdir may hold thousands, on a disk far away.
     */
    private boolean settled;

    /** What the server will never have of it. */
    private final Set<String> lost = new LinkedHashSet<>();

    private long notBefore;
    private long backOff = FIRST_BACK_OFF_MILLIS;

    Followed(RunDescription run) {
      this.run = run;
    }

    Projector projector(Tracker tracker) throws IOException {
      if (projector == null) {
        projector = tracker.newProjector(this);
      }
      return projector;
    }

    boolean isDue() {
      return System.currentTimeMillis() >= notBefore;
    }

    boolean isDelivered(long pass) {
      return projectedIn >= pass && missing.isEmpty();
    }

    void succeeded(long pass, Optional<String> stillMissing, String newExperimentId) {
      projectedIn = pass;
      missing = stillMissing;
      experimentId = newExperimentId;
      backOff = FIRST_BACK_OFF_MILLIS;
    }

    void tryAtOnce() {
      notBefore = 0;
    }

    /** One troubled run waits for its turn; the others go on. */
    void failed(String reason) {
      missing = Optional.of(reason);
      notBefore = System.currentTimeMillis() + backOff;
      backOff = Math.min(2 * backOff, LONGEST_BACK_OFF_MILLIS);
    }

    void awaitsPerson(long pass, String reason) {
      refusedIn = pass;
      missing = Optional.of(reason);
      notBefore = System.currentTimeMillis() + PERSONS_MILLIS;
    }

    /** What no pass has reached since one was wanted may have grown, and nobody has looked. */
    Optional<String> missing(long pass, Optional<String> trouble) {
      if (missing.isPresent() || projectedIn >= pass) {
        return missing;
      }
      return Optional.of(trouble.orElse("there was no time to send it"));
    }

    Delivery.Undelivered without(String reason) {
      return new Delivery.Undelivered(run.name(), run.key(), reason);
    }
  }

  /** What is amiss with the logs, each line once. */
  private static final class Warnings implements Consumer<String> {
    private final Set<String> lines = new LinkedHashSet<>();

    @Override
    public synchronized void accept(String line) {
      if (lines.add(line)) {
        LOG.warn(line);
      }
    }

    synchronized List<String> all() {
      return List.copyOf(lines);
    }
  }
}
