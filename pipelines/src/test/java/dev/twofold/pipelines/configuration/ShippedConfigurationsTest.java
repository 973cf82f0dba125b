package dev.twofold.pipelines.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.models.training.Augmentation;
import dev.twofold.models.training.Start;
import dev.twofold.pipelines.plan.Plan;
import dev.twofold.pipelines.plan.PlanOptions;
import dev.twofold.pipelines.plan.Planner;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.parquet.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  private static final Set<String> DATA_TABLES =
      Set.of("mtal-table1.yaml", "damtl-table2.yaml", "damtl-table3.yaml");

  /** Tasks whose data the papers take from Office-Home, in groups of other data. */
  private static final Map<String, String> OFFICE_HOMES_PLACES =
      Map.of(
          "po-3/caltech256", "Product (Office-Home)",
          "no-1/caltech101", "Art (Office-Home)",
          "no-1/dslr", "Real World (Office-Home)",
          "unrelated/caltech101", "Art (Office-Home)",
          "unrelated-2/caltech101", "Art (Office-Home)");

  private static final Map<Path, Plan> PLANS = new HashMap<>();

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

  /** Neither paper says where its baselines start. MTDA, in closed form, has no start. */
  @ParameterizedTest
  @MethodSource("experiments")
  void everyMethodStartsFromTheAuxiliaryNetworkAndFromScratch(Path file) {
    Map<String, Set<Start.From>> starts = new TreeMap<>();
    for (SweepPoint point : read(file).points()) {
      Configuration configuration = point.configuration();
      for (String label : configuration.methods().keySet()) {
        Start start = configuration.method(label).start();
        if (start != null) {
          starts
              .computeIfAbsent(label.replace("-scratch", ""), method -> new HashSet<>())
              .add(start.from());
        }
      }
    }

    assertThat(starts).isNotEmpty();
    assertThat(starts.values()).containsOnly(Set.of(Start.From.AUXILIARY, Start.From.SCRATCH));
  }

  @ParameterizedTest
  @MethodSource("experiments")
  void everyExperimentIsThereWithWhatItsPaperPrints(Path file) {
    String experiment = file.getFileName().toString().replaceAll("(-published)?[.]yaml$", "");

    assertThat(file.resolveSibling(experiment + ".yaml")).exists();
    assertThat(file.resolveSibling(experiment + "-published.yaml")).exists();
  }

  /** Those of the papers' tables and figures, but of tables of data, which only count images. */
  static Stream<Path> experiments() throws IOException {
    return Stream.concat(configurations("conf/paper"), configurations("conf/paper/office-home"))
        .filter(file -> !DATA_TABLES.contains(file.getFileName().toString()));
  }

  /** Art, Product and Real World, which only the configurations in office-home read. */
  @ParameterizedTest
  @MethodSource("onThePapersData")
  void saysWhichDataStandForOfficeHomes(Path file) {
    Configuration configuration = read(file).configuration();
    Map<String, String> substitutes = new HashMap<>(OFFICE_HOMES_PLACES);
    substitutes
        .keySet()
        .retainAll(
            configuration.groups().entrySet().stream()
                .flatMap(
                    group ->
                        group.getValue().tasks().stream()
                            .map(task -> PaperSettings.taskOf(group.getKey(), task.name())))
                .collect(Collectors.toSet()));
    PaperSettings paper = configuration.paper();

    assertThat(paper == null ? Map.of() : paper.substitutes()).isEqualTo(substitutes);
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
    Plan plan = plan(file);

    assertThat(plan.trials()).isNotEmpty();
    assertThat(plan.units()).allSatisfy(unit -> assertThat(unit.spec().tasks()).isNotEmpty());
  }

  /** A figure shows what its tables have trained, and so does a table that is a part of another. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ':',
      value = {
        "mtal-table1: mtal-table2 mtal-table4",
        "mtal-figure8: mtal-table2 mtal-table4",
        "mtal-figure10: mtal-table2 mtal-table4",
        "mtal-figure11: mtal-table2 mtal-table4",
        "mtal-figure12: mtal-table2 mtal-table4",
        "damtl-table2: damtl-table4",
        "damtl-table3: damtl-table5",
        "damtl-table6: damtl-table4",
        "damtl-table7: damtl-table5",
        "damtl-figure4: damtl-table4 damtl-table5",
        "damtl-figure5: damtl-table4",
        "damtl-figure6: damtl-table4"
      })
  @EnabledIfEnvironmentVariable(named = "TWOFOLD_DATA", matches = ".+")
  void trainsNothingThatItsTablesDoNot(String part, String tables) throws IOException {
    assertThat(units(tables, "")).containsAll(units(part, ""));
    if (!DATA_TABLES.contains(part + ".yaml")) {
      assertThat(units(tables, "-published")).containsAll(units(part, "-published"));
    }
  }

  private static Set<StageKey> units(String names, String preset) throws IOException {
    Set<StageKey> keys = new HashSet<>();
    for (String name : names.split(" ", -1)) {
      plan(ROOT.resolve("conf/paper").resolve(name + preset + ".yaml"))
          .units()
          .forEach(unit -> keys.add(unit.key()));
    }
    return keys;
  }

  private static Plan plan(Path file) throws IOException {
    Plan known = PLANS.get(file);
    if (known != null) {
      return known;
    }
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("OFFICE_HOME", officeHome().toString());
    Experiment experiment =
        new ConfigurationReader(environment).read(file, List.of("workdir=" + workdir));
    Plan plan = new Planner("2.18.0").plan(experiment, PlanOptions.usual());
    PLANS.put(file, plan);
    return plan;
  }
}
