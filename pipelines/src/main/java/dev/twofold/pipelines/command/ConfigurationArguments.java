package dev.twofold.pipelines.command;

import dev.twofold.pipelines.configuration.ConfigurationException;
import dev.twofold.pipelines.configuration.ConfigurationReader;
import dev.twofold.pipelines.configuration.Experiment;
import dev.twofold.pipelines.configuration.Place;
import dev.twofold.pipelines.configuration.Problem;
import dev.twofold.pipelines.plan.Plan;
import dev.twofold.pipelines.plan.PlanOptions;
import dev.twofold.pipelines.plan.Planner;
import dev.twofold.pipelines.run.Versions;
import dev.twofold.pipelines.sample.SampleSource;
import dev.twofold.transforms.sources.DataRefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** The options of every command that reads configurations. */
class ConfigurationArguments {
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
  private String workdir; // a path would make `s3:/x` of s3://x

  /** Of all configurations of a command, which often have the same sources. */
  private Planner planner;

  /** An experiment with what is to be done for it. */
  record Planned(Experiment experiment, Plan plan) {}

  /** A configuration, with its overrides. */
  Experiment experiment(Path file) {
    List<String> all = new ArrayList<>(overrides);
    if (workdir != null) {
      // As it stands, whatever YAML would make of it.
      all.add("workdir='%s'".formatted(workdir.replace("'", "''")));
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
  final Plan plan(Experiment experiment) throws IOException {
    check(experiment);
    SampleSource.writeIfMissing(experiment.configuration(), System.err::println);
    if (planner == null) {
      planner = new Planner(Versions.tensorflow());
    }
    return planner.plan(experiment, options(planner, experiment));
  }

  /** Refuses options that mean nothing here, before anything is written. */
  void check(Experiment experiment) {}

  /** What options say beside the configuration. */
  PlanOptions options(Planner of, Experiment experiment) throws IOException {
    return PlanOptions.usual();
  }
}
