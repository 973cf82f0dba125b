package dev.twofold.pipelines.command;

import dev.twofold.pipelines.configuration.ConfigurationException;
import dev.twofold.pipelines.configuration.ConfigurationReader;
import dev.twofold.pipelines.configuration.Experiment;
import dev.twofold.pipelines.configuration.Place;
import dev.twofold.pipelines.configuration.Problem;
import dev.twofold.pipelines.plan.Plan;
import dev.twofold.pipelines.plan.PlanOptions;
import dev.twofold.pipelines.plan.Planner;
import dev.twofold.pipelines.plan.Stage;
import dev.twofold.pipelines.run.FreshAttempt;
import dev.twofold.pipelines.run.UsageException;
import dev.twofold.pipelines.run.Versions;
import dev.twofold.pipelines.sample.SampleSource;
import dev.twofold.transforms.sources.DataRefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** The options of every command that reads configurations. */
final class ConfigurationArguments {
  static final String ONE = "Configuration, such as conf/quickstart.yaml.";
  static final String SEVERAL = "Configurations, such as conf/quickstart.yaml.";

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides a key of the configuration: --set training.steps=100.")
  private List<String> overrides = List.of();

  @Option(
      names = "--workdir",
      paramLabel = "DIR",
      description = "Where artifacts and runs go; overrides `workdir:`.")
  private Path workdir;

  @Option(
      names = "--force",
      paramLabel = "STAGE",
      description = "Makes a stage again (pretrain, train, evaluate), beside what is there.")
  private List<Stage> forced = List.of();

  @Option(
      names = "--fresh",
      description =
          "Trains everything anew, as an attempt beside what is there; datasets are reused. Goes on"
              + " with an attempt that was interrupted. `report --fresh` is of the latest attempt.")
  private boolean fresh;

  @Option(
      names = "--attempt",
      paramLabel = "N",
      description =
          "The fresh attempt of this number: goes on with it, as after a failure, or reports it.")
  private Integer attempt;

  /** Of all configurations of a command, which often have the same sources. */
  private Planner planner;

  /** An experiment with what is to be done for it. */
  record Planned(Experiment experiment, Plan plan) {}

  /** A configuration, with its overrides. */
  Experiment experiment(Path file) {
    List<String> all = new ArrayList<>(overrides);
    if (workdir != null) {
      // As it stands, whatever YAML would make of it.
      all.add("workdir='%s'".formatted(workdir.toString().replace("'", "''")));
    }
    return new ConfigurationReader(System.getenv()).read(file, all);
  }

  /**
   * Uses what is to be done for each of several configurations that can be planned.
   *
   * @throws ConfigurationException at the end, with the problems of all others
   * @throws DataRefusedException at the end, where it is only data that the others lack
   */
  void forEach(List<Path> files, Consumer<Planned> use) throws IOException {
    Set<Problem> problems = new LinkedHashSet<>();
    Map<String, Path> refused = new LinkedHashMap<>();
    for (Path file : files) {
      try {
        Experiment experiment = experiment(file);
        use.accept(new Planned(experiment, plan(experiment)));
      } catch (ConfigurationException e) {
        problems.addAll(e.problems());
      } catch (DataRefusedException e) {
        refused.putIfAbsent(e.getMessage(), file);
      }
    }
    if (!problems.isEmpty()) {
      refused.forEach(
          (what, file) -> problems.add(new Problem(what, new Place(file.toString(), 0, 0), "")));
      throw new ConfigurationException(List.copyOf(problems));
    }
    if (!refused.isEmpty()) {
      throw new DataRefusedException(String.join("\n", refused.keySet()));
    }
  }

  /**
   * What is to be done; writes the sample data where the configuration reads it and it is missing.
   */
  Plan plan(Experiment experiment) throws IOException {
    return plan(experiment, FreshAttempt::next);
  }

  /**
   * What has been done for it.
   *
   * @throws UsageException with {@code --force}, which makes something, and where there is no such
   *     fresh attempt
   */
  Plan done(Experiment experiment) throws IOException {
    if (!forced.isEmpty()) {
      throw new UsageException(
          "Invalid option --force: a report makes nothing (what `run --force %s` made is in its own summary's: %s/runs/%s/summary-*/report)"
              .formatted(
                  forced.get(0), Planner.workdir(experiment), experiment.configuration().name()));
    }
    return plan(
        experiment,
        (command, of, options) -> {
          int latest = FreshAttempt.latestOwn(command, of, options);
          if (latest == 0) {
            throw new UsageException("Invalid option --fresh: " + noAttempt(of));
          }
          return latest;
        });
  }

  private static String noAttempt(Experiment experiment) {
    return "%s has no fresh attempt in %s (`run --fresh` makes one)"
        .formatted(experiment.configuration().name(), Planner.workdir(experiment));
  }

  /** Which of the fresh attempts is meant. */
  private interface Attempts {
    int of(Planner planner, Experiment experiment, PlanOptions options) throws IOException;
  }

  private Plan plan(Experiment experiment, Attempts attempts) throws IOException {
    SampleSource.writeIfMissing(experiment.configuration(), System.err::println);
    Set<Stage> stages = forced.isEmpty() ? Set.of() : EnumSet.copyOf(forced);
    PlanOptions options = PlanOptions.usual().withForced(stages);
    if (planner == null) {
      planner = new Planner(Versions.tensorflow());
    }
    if (attempt != null) {
      options = options.withAttempt(given(experiment, options));
    } else if (fresh) {
      options = options.withAttempt(attempts.of(planner, experiment, options));
    }
    return planner.plan(experiment, options);
  }

  private int given(Experiment experiment, PlanOptions options) throws IOException {
    String invalid = "Invalid option --attempt: ";
    if (fresh) {
      throw new UsageException(invalid + "beside --fresh, which finds its attempt by itself");
    }
    int latest = FreshAttempt.latest(planner, experiment, options);
    if (latest == 0) {
      throw new UsageException(invalid + noAttempt(experiment));
    }
    if (attempt < 1 || attempt > latest) {
      throw new UsageException(
          "%s%d (must be 1 to %d, the latest of %s in %s; `run --fresh` makes another)"
              .formatted(
                  invalid,
                  attempt,
                  latest,
                  experiment.configuration().name(),
                  Planner.workdir(experiment)));
    }
    return attempt;
  }
}
