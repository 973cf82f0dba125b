package dev.twofold.pipelines.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.models.training.Augmentation;
import dev.twofold.pipelines.plan.Plan;
import dev.twofold.pipelines.plan.PlanOptions;
import dev.twofold.pipelines.plan.Planner;
import dev.twofold.transforms.parquet.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every configuration in {@code conf} and below it, as a user names them: {@code conf/tune/*.yaml}.
 * What is a part of others lies in folders of its own, {@code common}.
 */
class ShippedConfigurationsTest {
  private static final Path ROOT = Path.of("..");

  private static final String OFFICE_HOME =
      "Alarm_Clock Backpack Bed Bike Bottle Bucket Calculator Candles Chair Curtains Flowers Fork"
          + " Hammer Kettle Keyboard Lamp_Shade Mug Oven Refrigerator Scissors Sneakers Telephone";

  @TempDir private static Path workdir;

  static Stream<Path> files() throws IOException {
    return Stream.concat(configurations("conf"), onThePapersData());
  }

  static Stream<Path> onThePapersData() throws IOException {
    return Stream.of(
            configurations("conf/paper"),
            configurations("conf/paper/office-home"),
            configurations("conf/tune"),
            configurations("conf/beyond"))
        .flatMap(files -> files);
  }

  private static Stream<Path> configurations(String folder) throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve(folder))) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void reads(Path file) {
    Experiment experiment = read(file);

    String folder = file.getParent().getFileName().toString();
    String prefix = Set.of("conf", "paper").contains(folder) ? "" : folder + "-";
    assertThat(experiment.configuration().name() + ".yaml").isEqualTo(prefix + file.getFileName());
  }

  private static Experiment read(Path file) {
    return new ConfigurationReader(Map.of("TWOFOLD_DATA", "data", "OFFICE_HOME", "home"))
        .read(file, List.of());
  }

  /** Neither paper names an augmentation, which tasks have otherwise. */
  @ParameterizedTest
  @MethodSource("published")
  void whatAPaperPrintsHasNoAugmentation(Path file) {
    Experiment experiment = read(file);

    for (SweepPoint point : experiment.points()) {
      Configuration configuration = point.configuration();
      assertThat(configuration.repeats()).isEqualTo(2);
      assertThat(configuration.groups().values())
          .flatExtracting(GroupSettings::tasks)
          .extracting(task -> configuration.datasets().get(task.dataset()).effectiveAugment())
          .containsOnly(Augmentation.NONE);
    }
  }

  /** What chose a setting is in no score of what has it, and what a paper prints nobody chose. */
  @ParameterizedTest
  @MethodSource("tables")
  void noScoreHasAnImageThatASearchHasLookedAt(Path file) throws IOException {
    Configuration table = read(file).configuration();
    for (Path search : configurations("conf/tune").toList()) {
      Configuration tune = read(search).configuration();
      for (String dataset : datasets(tune)) {
        Split[] seen =
            IntStream.rangeClosed(1, tune.repeats())
                .mapToObj(tune.splitOf(dataset)::of)
                .toArray(Split[]::new);
        assertThat(seen).as("%s of %s", dataset, search).allMatch(cut -> cut.validation() != null);
        assertThat(tune.splitOf(dataset).searchedSplits()).as(dataset).isEmpty();
        if (datasets(table).contains(dataset)) {
          List<Split> left = table.splitOf(dataset).searchedSplits();
          if (file.toString().endsWith("-published.yaml")) {
            assertThat(left).as(dataset).isEmpty();
          } else {
            assertThat(left).as("%s of %s", dataset, search).contains(seen);
          }
        }
      }
    }
  }

  static Stream<Path> tables() throws IOException {
    return onThePapersData().filter(file -> !file.getParent().endsWith("tune"));
  }

  private static Set<String> datasets(Configuration configuration) {
    return configuration.groups().values().stream()
        .flatMap(group -> group.tasks().stream())
        .map(GroupTask::dataset)
        .collect(Collectors.toSet());
  }

  static Stream<Path> published() throws IOException {
    return onThePapersData().filter(file -> file.toString().endsWith("-published.yaml"));
  }

  @ParameterizedTest
  @MethodSource("files")
  void saysWhatItIsForHowLongItTakesAndHowToRunIt(Path file) throws IOException {
    Path schema = file.getParent().relativize(ROOT.resolve("conf/twofold.schema.json"));

    assertThat(Files.readString(file))
        .startsWith("# yaml-language-server: $schema=%s\n#\n# ".formatted(schema))
        .containsPattern(purpose(file))
        .contains("\n# Takes: ", "./twofold run " + ROOT.relativize(file));
  }

  /** What conf's own should reach is what came out; a search of ours has nothing to reach. */
  private static String purpose(Path file) {
    return switch (file.getParent().getFileName().toString()) {
      case "conf" -> "\n# Reproduces: [^$]+\n# Should reach: ";
      case "paper", "office-home" -> "\n# Reproduces: [^$]+\n# Should reach: [^$]+\n# Came out: ";
      default -> "\n# (Chooses|Looks for|Compares): [^$]+\n# Came out: ";
    };
  }

  /** A tree of Office-Home's shape, with the classes that the configurations name and others. */
  private static Path officeHome() throws IOException {
    Path home = workdir.resolve("office-home");
    for (String domain : List.of("Art", "Clipart", "Product", "Real World")) {
      for (String name : OFFICE_HOME.split(" ", -1)) {
        Path folder = Files.createDirectories(home.resolve(domain).resolve(name));
        for (int i = 1; i <= 4; i++) {
          Files.writeString(folder.resolve("%05d.jpg".formatted(i)), domain + name + i);
        }
      }
    }
    return home;
  }

  /** Sources, classes, draws and label maps, on the papers' data. */
  @ParameterizedTest
  @MethodSource("onThePapersData")
  @EnabledIfEnvironmentVariable(named = "TWOFOLD_DATA", matches = ".+")
  void plans(Path file) throws IOException {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("OFFICE_HOME", officeHome().toString());
    Experiment experiment =
        new ConfigurationReader(environment).read(file, List.of("workdir=" + workdir));

    Plan plan = new Planner("2.18.0").plan(experiment, PlanOptions.usual());

    assertThat(plan.trials()).isNotEmpty();
    assertThat(plan.units()).allSatisfy(unit -> assertThat(unit.spec().tasks()).isNotEmpty());
  }
}
