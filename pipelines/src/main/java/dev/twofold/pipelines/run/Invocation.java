package dev.twofold.pipelines.run;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.twofold.pipelines.configuration.Configuration;
import dev.twofold.pipelines.configuration.EffectiveConfiguration;
import dev.twofold.pipelines.plan.Plan;
import dev.twofold.pipelines.plan.PlannedRun;
import dev.twofold.pipelines.recorded.RecordedRuns;
import dev.twofold.transforms.artifacts.CanonicalJson;
import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.artifacts.Sha256;
import dev.twofold.transforms.training.TrainingJson;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One {@code twofold run}. An invocation that did not finish is continued by the next one of the
 * same effective configuration and trials, and one whose result is all there is taken up again, so
 * that a result has one summary run however often its configuration is given.
 *
 * @param id from the time of its first start
 * @param configuration digest of the effective configuration
 * @param attempt 0, or the number of the fresh attempt that it makes
 * @param finished whether it came to its end, with whatever result
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record Invocation(
    String id,
    String configuration,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) int attempt,
    boolean finished) {

  private static final DateTimeFormatter ID =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);

  /** What is asked of an earlier invocation of the same configuration. */
  interface Question {
    boolean isTrueOf(Invocation earlier) throws IOException;
  }

  /**
   * The invocation of this attempt to continue or to take up again, or a new one.
   *
   * @param about whether one that has not ended is about the trials that are planned now: data may
   *     have grown since, or {@code --fresh} plans others
   * @param result whether one that has ended came to what is to be done
   */
  static Invocation begin(
      Path workdir, Configuration configuration, int attempt, Question about, Question result)
      throws IOException {
    List<Invocation> latestFirst =
        latestFirst(workdir, configuration).stream()
            .filter(each -> each.attempt() == attempt)
            .toList();
    String id =
        earlier(latestFirst, about, result)
            .map(Invocation::id)
            .orElseGet(() -> ID.format(Instant.now()));
    Invocation invocation = new Invocation(id, digest(configuration), attempt, false);
    invocation.write(workdir);
    return invocation;
  }

  /** All of a configuration, whatever they were about. */
  static List<Invocation> latestFirst(Path workdir, Configuration configuration)
      throws IOException {
    String digest = digest(configuration);
    return all(workdir).stream()
        .filter(each -> each.configuration().equals(digest))
        .sorted(Comparator.comparing(Invocation::id).reversed())
        .toList();
  }

  /** Of all but the key that a run which was taken to hang is to go on with. */
  private static String digest(Configuration configuration) {
    Map<String, Object> keys = new LinkedHashMap<>(EffectiveConfiguration.of(configuration));
    Map<String, Object> workers = new LinkedHashMap<>();
    ((Map<?, ?>) keys.get("workers")).forEach((key, value) -> workers.put((String) key, value));
    workers.remove("maxSilentMinutes");
    keys.put("workers", workers);
    return Sha256.of(CanonicalJson.write(keys)).substring(0, 32);
  }

  /** The run in which it tells its results. */
  PlannedRun summary(Configuration configuration) {
    String experiment = configuration.name();
    int repeats = configuration.repeats();
    String folder = "runs/%s/summary-%s".formatted(experiment, id);
    return new PlannedRun(
        "summary",
        experiment,
        experiment + "/summary-" + id,
        "summary %s · %d %s".formatted(id, repeats, repeats == 1 ? "repeat" : "repeats"),
        folder,
        List.of(folder + "/header.jsonl", folder + "/results.jsonl", folder + "/outcome.jsonl"));
  }

  /**
   * Whether it is about the trials of a plan. Of one that has not said yet what it is about there
   * is nothing to be lost.
   */
  boolean isAbout(Configuration of, Plan plan) throws IOException {
    Set<String> trials = trials(of, plan);
    return trials.isEmpty() || trials.equals(plan.trialKeys());
  }

  /** Whether all of a plan is there, and its summary tells just that. */
  boolean isResultOf(Configuration of, Plan plan) throws IOException {
    return plan.isComplete()
        && new RunFolders(plan.workdir(), Optional.empty()).isFinished(summary(of))
        && trials(of, plan).equals(plan.trialKeys());
  }

  private Set<String> trials(Configuration of, Plan plan) throws IOException {
    return RecordedRuns.readTrials(plan.workdir().resolve(summary(of).folder())).keySet();
  }

  private static Optional<Invocation> earlier(
      List<Invocation> latestFirst, Question about, Question result) throws IOException {
    for (Invocation each : latestFirst) {
      if ((each.finished() ? result : about).isTrueOf(each)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  /** Marks it as ended. */
  void finish(Path workdir) throws IOException {
    new Invocation(id, configuration, attempt, true).write(workdir);
  }

  /**
   * Shows other processes that this one is at work on it, until it is closed or the process ends,
   * however it does. Several processes may be.
   */
  Closeable hold(Path workdir) throws IOException {
    Path file = lock(workdir);
    Files.createDirectories(file.getParent());
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    channel.lock(0, Long.MAX_VALUE, true);
    return channel;
  }

  /** Whether another process holds it. This one must not: asking would give its lock away. */
  boolean isHeld(Path workdir) throws IOException {
    Path file = lock(workdir);
    if (!Files.exists(file)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      return channel.tryLock() == null;
    }
  }

  private Path lock(Path workdir) {
    return workdir.resolve("locks").resolve("invocation-" + id + ".lock");
  }

  /** Where it is written, in the workdir. */
  static Path file(String id) {
    return Path.of("invocations", id + ".json");
  }

  private void write(Path workdir) throws IOException {
    Path file = workdir.resolve(file(id));
    Files.createDirectories(file.getParent());
    DurableFiles.replace(file, TrainingJson.MAPPER.writeValueAsBytes(this));
  }

  /** All of a workdir. */
  static List<Invocation> all(Path workdir) throws IOException {
    Path folder = workdir.resolve("invocations");
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> json = files.filter(file -> file.toString().endsWith(".json")).toList();
      List<Invocation> invocations = new ArrayList<>();
      for (Path file : json) {
        invocations.add(TrainingJson.MAPPER.readValue(Files.readAllBytes(file), Invocation.class));
      }
      return invocations;
    }
  }
}
