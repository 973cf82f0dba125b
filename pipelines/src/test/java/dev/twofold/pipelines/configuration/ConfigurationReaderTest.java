package dev.twofold.pipelines.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.Stem;
import dev.twofold.models.methods.MtalSettings;
import dev.twofold.models.methods.Preset;
import dev.twofold.models.methods.Prior;
import dev.twofold.models.training.Augmentation;
import dev.twofold.models.training.Start;
import dev.twofold.transforms.parquet.Split;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationReaderTest {

  private static final String OFFICE =
      """
      name: office
      datasets:
        amazon: {source: amazon.zip}
        webcam: {source: webcam.zip, size: [24, 40], split: {test: 0.5}}
        tiny: {source: tiny.zip, layout: split/class/file, split: {mode: source}}
      auxiliary: {datasets: [tiny]}
      groups:
        related:
          tasks: [amazon, webcam]
          methods: {mtal: {threshold: 0.55}}
        swapped:
          tasks: [webcam, {dataset: amazon, name: shop}]
      methods:
        single-task: {}
        scratch: {method: single-task, start: scratch}
        mtal: {threshold: 0.4, training: {learningRate: 0.01}}
        damtl: {preset: published, mode: joint}
      training: {steps: 50}
      """;

  private static Experiment read(String text, String... overrides) {
    return new ConfigurationReader(Map.of("DATA", "/data", "N", "3", "NONE", ""))
        .read(text, "conf/x.yaml", List.of(overrides));
  }

  private static List<String> problems(String text, String... overrides) {
    try {
      read(text, overrides);
    } catch (ConfigurationException e) {
      return e.problems().stream().map(Problem::toString).toList();
    }
    return List.of();
  }

  @Test
  void fillsInDefaults() {
    Configuration configuration = read(OFFICE).configuration();
    DatasetSettings amazon = configuration.datasets().get("amazon");

    assertThat(configuration.workdir()).isEqualTo("twofold-work");
    assertThat(configuration.repeats()).isEqualTo(5);
    assertThat(amazon.size()).isEqualTo(new ImageSize(32, 32));
    assertThat(amazon.effectiveAugment()).isEqualTo(new Augmentation(2, true));
    assertThat(configuration.splitOf("amazon").of(3))
        .isEqualTo(new Split(Split.Mode.HASH, 0.3, "twofold-3", List.of(), null, null));
  }

  @Test
  void laysADatasetsSplitOverTheConfigurations() {
    Configuration configuration =
        read(OFFICE, "split.salt=other", "split.over=fixed").configuration();

    assertThat(configuration.splitOf("webcam").of(3))
        .isEqualTo(new Split(Split.Mode.HASH, 0.5, "other", List.of(), null, null));
    assertThat(configuration.splitOf("tiny").mode()).isEqualTo(Split.Mode.SOURCE);
    assertThat(configuration.datasets().get("webcam").size()).isEqualTo(new ImageSize(24, 40));
  }

  @Test
  void laysTrainingOverThePresetAndTheMethodsOwnOverThat() {
    Configuration configuration = read(OFFICE).configuration();

    assertThat(configuration.method("single-task").training().steps()).isEqualTo(50);
    assertThat(configuration.method("single-task").training().learningRate()).isEqualTo(0.02);
    assertThat(configuration.method("mtal").training().steps()).isEqualTo(50);
    assertThat(configuration.method("mtal").training().learningRate()).isEqualTo(0.01);
    assertThat(configuration.auxiliary().effectiveTraining().epochs())
        .as("training is for methods, not for the pre-training")
        .isEqualTo(14);
  }

  @Test
  void trainingIsNotForAClosedForm() {
    MethodSettings method =
        read(OFFICE, "methods.mtda={features: pixels, r: 30}").configuration().method("mtda");

    assertThat(method.training()).isNull();
    assertThat(method.start()).isNull();
    assertThat(EffectiveConfiguration.method(method))
        .containsEntry("features", "pixels")
        .containsEntry("r", 30)
        .doesNotContainKeys("start", "scratchSeed", "headStart", "training", "d");
    assertThat(problems(OFFICE, "methods.mtda={start: scratch, training: {steps: 20}}"))
        .containsExactly(
            "Invalid key `start` of method mtda: it is computed in closed form at --set"
                + " methods.mtda (must be left out)",
            "Invalid key `training` of method mtda: it is computed in closed form at --set"
                + " methods.mtda (must be left out)");
  }

  @Test
  void whatIsSetTakesThePlaceOfWhatItExcludes() {
    Configuration configuration =
        read(OFFICE, "training={epochs: 3}", "training.steps=5").configuration();
    assertThat(configuration.method("mtal").training().steps()).isEqualTo(5);
    assertThat(configuration.method("mtal").training().epochs()).isNull();

    assertThat(
            read(OFFICE, "backbone={vgg: [8, M], fullyConnected: [4]}", "backbone.name=resnet18")
                .configuration()
                .method("mtal")
                .backbone()
                .name())
        .isEqualTo("resnet18");
  }

  /** A folder `s3:` would be made, and be gone with its container. */
  @Test
  void anAddressIsNoPath() {
    assertThat(
            problems(OFFICE, "workdir=s3://bucket/work", "datasets.amazon.source=https://x/y.zip"))
        .containsExactlyInAnyOrder(
            "Invalid workdir: s3://bucket/work at --set workdir (must be a path of this machine;"
                + " mount what is elsewhere, on every worker)",
            "Invalid datasets.amazon.source: https://x/y.zip at --set datasets.amazon.source (must"
                + " be a path of this machine; mount what is elsewhere, on every worker)");
  }

  @Test
  void epochsTakeThePlaceOfThePresetsSteps() {
    MethodSettings method =
        read(OFFICE, "methods.mtal.training={epochs: 3}").configuration().method("mtal");

    assertThat(method.training().epochs()).isEqualTo(3);
    assertThat(method.training().steps()).isNull();
  }

  @Test
  void aGroupOverridesAMethodsSetting() {
    Configuration configuration = read(OFFICE).configuration();

    assertThat(((MtalSettings) configuration.method("related", "mtal").settings()).threshold())
        .isEqualTo(0.55);
    assertThat(((MtalSettings) configuration.method("swapped", "mtal").settings()).threshold())
        .isEqualTo(0.4);
  }

  @Test
  void aLabelMayStandForAnyMethod() {
    MethodSettings method = read(OFFICE).configuration().method("scratch");

    assertThat(method.type().name()).isEqualTo("single-task");
    assertThat(method.start().from()).isEqualTo(Start.From.SCRATCH);
  }

  @Test
  void takesPathsFromTheEnvironment() {
    assertThat(
            read(OFFICE, "datasets.amazon.source=${DATA}/a.zip")
                .configuration()
                .datasets()
                .get("amazon")
                .source())
        .isEqualTo("/data/a.zip");
    assertThat(problems(OFFICE.replace("amazon.zip", "'${TWOFOLD_DATA}/a.zip'")))
        .containsExactly(
            "Unknown environment variable TWOFOLD_DATA in `${TWOFOLD_DATA}/a.zip` at"
                + " conf/x.yaml:3:20 (set it, or write the value out)");
  }

  @Test
  void aVariableMayBeANumber() {
    assertThat(read(OFFICE, "repeats=${N}").configuration().repeats()).isEqualTo(3);
    assertThat(read(OFFICE + "repeats: ${N}\n").configuration().repeats()).isEqualTo(3);
    assertThat(problems(OFFICE + "repeats: '${N}'\n")).as("quoted, a text").hasSize(1);
    assertThat(problems(OFFICE + "tracking:\n  uri: ${NONE}\n"))
        .as("an empty one is no missing key")
        .singleElement()
        .asString()
        .startsWith("Invalid tracking.uri");
  }

  @Test
  void namesFitIntoFileNames() {
    String longest = "a".repeat(100);
    assertThat(problems(OFFICE.replace("related:", longest + ":"))).isEmpty();
    assertThat(problems(OFFICE.replace("related:", longest + "a:")))
        .singleElement()
        .asString()
        .contains("Invalid name in groups: aaa", "at most 100");
    assertThat(problems(OFFICE, "name=" + longest + "a"))
        .singleElement()
        .asString()
        .contains("Invalid name: aaa", "at most 100");
  }

  @Test
  void aVariableThatIsNotSetIsOneProblemWhereverItStands() {
    assertThat(
            problems(
                OFFICE
                    .replace("amazon.zip", "'${TWOFOLD_DATA}/a.zip'")
                    .replace("webcam.zip", "'${TWOFOLD_DATA}/w.zip'")))
        .singleElement()
        .asString()
        .contains("TWOFOLD_DATA in `${TWOFOLD_DATA}/a.zip`");
  }

  @Test
  void anUnknownKeyIsRefusedWithTheNearestKnownOne() {
    assertThat(problems(OFFICE.replace("mtal: {threshold: 0.4,", "mtal: {treshold: 0.4,")))
        .containsExactly("Unknown key `treshold` at conf/x.yaml:16:10 (did you mean `threshold`?)");
  }

  @Test
  void reportsAllProblemsInTheOrderOfTheFile() {
    String text =
        """
        nam: office
        repeats: many
        datasets:
          amazon: {source: a.zip, size: 0, chanels: 3}
          webcam: {}
        groups:
          related: {tasks: [amazon, webcam], draw: {perTask: 1}}
        methods:
          mtal: {pick: best}
        split: {test: 1.5}
        data: {inMemory: lots}
        """;
    assertThat(problems(text))
        .containsExactly(
            "Unknown key `nam` at conf/x.yaml:1:1 (did you mean `name`?)",
            "Missing key `name` at conf/x.yaml:1:1",
            "Invalid repeats: many at conf/x.yaml:2:10 (must be a whole number)",
            "Invalid datasets.amazon.size: 0 at conf/x.yaml:4:33 (must be one number of pixels, or"
                + " [height, width], each 1 to 4096)",
            "Unknown key `chanels` at conf/x.yaml:4:36 (did you mean `channels`?)",
            "Missing key `source` of datasets.webcam at conf/x.yaml:5:3",
            "Invalid groups.related.draw.perTask: 1 at conf/x.yaml:7:54 (must be at least 2)",
            "Invalid methods.mtal.pick: best at conf/x.yaml:9:16 (must be one of all, mutual)",
            "Invalid data.inMemory: lots at conf/x.yaml:11:18 (must be a number with B, KB, MB, GB"
                + " or TB, as in 2GB)");
  }

  private static final String MISTAKES =
      """
      name: 'two rounds?'
      repeats: 0
      datasets:
        amazon: {source: a.zip, layot: class/file, limit: -5}
        webcam: {source: w.zip, size: 0, channels: 2}
        dslr: {source: d.zip, split: {test: 2}}
      auxiliary: {datasets: []}
      groups:
        related: {tasks: [dslr, amason], methods: {damtl: {lambda2: much}, mtal: {treshold: 1}}}
        alone: {tasks: [dslr]}
        none: {tasks: []}
      methods:
        single-tsk: {}
        damtl: {lamda1: 0.1, preset: tund}
        mtal: {threshold: 3}
        joint: {method: multi-task, start: file}
        pixels: {method: mtda, r: 0, steps: 3}
        shared: {method: multi-task, start: scratch, training: {batch: 0}}
      split: {validation: 1}
      training: {learningRate: -1, dropout: 3}
      backbone: {fullyConnected: [0], name: vgg12}
      workers: {slots: 0}
      sweep:
        methods.damtl.maskrate: [1]
        methods.mtal.alpha: [some]
        methods.mtal.beta: [-1]
      """;

  @Test
  void spellingAndTypesAreOneRound() {
    assertThat(problems(MISTAKES))
        .containsExactly(
            "Unknown key `layot` at conf/x.yaml:4:27 (did you mean `layout`?)",
            "Invalid datasets.webcam.size: 0 at conf/x.yaml:5:33 (must be one number of pixels, or"
                + " [height, width], each 1 to 4096)",
            "Invalid auxiliary.datasets: [] at conf/x.yaml:7:23 (must name at least one dataset)",
            "Invalid methods.damtl.lambda2: much at conf/x.yaml:9:63 (must be a number)",
            "Unknown key `treshold` at conf/x.yaml:9:77 (did you mean `threshold`?)",
            "Invalid groups.none.tasks: [] at conf/x.yaml:11:17 (must be at least one)",
            "Unknown method `single-tsk` at conf/x.yaml:13:3 (did you mean `single-task`?)",
            "Unknown key `lamda1` at conf/x.yaml:14:11 (did you mean `lambda1`?)",
            "Invalid methods.damtl.preset: tund at conf/x.yaml:14:32 (must be one of published,"
                + " tuned)",
            "Unknown key `steps` at conf/x.yaml:17:32 (must be one of backbone, classifier, d,"
                + " epsilon, features, file, headStart, iterations, method, preset, r, scratchSeed,"
                + " sharing, start, tolerance, training)",
            "Invalid workers.slots: 0 at conf/x.yaml:22:18 (must be at least 1)",
            "Unknown key `maskrate` at conf/x.yaml:24:28 (did you mean `maskRate`?)",
            "Invalid methods.mtal.alpha: some at conf/x.yaml:25:24 (must be a number)");
  }

  @Test
  void meaningsAreAnother() {
    String spelt =
        MISTAKES
            .replace("layot", "layout")
            .replace("size: 0", "size: 32")
            .replace("much", "0.1")
            .replace("treshold", "threshold")
            .replace("single-tsk", "single-task")
            .replace("lamda1: 0.1, preset: tund", "lambda1: 0.1, preset: tuned")
            .replace(", steps: 3", "")
            .replace("maskrate", "maskRate")
            .replace("some", "0.5");
    assertThat(problems(spelt))
        .containsExactly(
            "Invalid name: two rounds? at conf/x.yaml:1:7 (must be letters, digits, spaces, dots, _"
                + " and -, at most 100)",
            "Invalid repeats: 0 at conf/x.yaml:2:10 (must be 1 to 1000)",
            "Invalid datasets.amazon.limit: -5 at conf/x.yaml:4:54 (must be at least 1)",
            "Invalid datasets.webcam.channels: 2 at conf/x.yaml:5:47 (must be 1 or 3)",
            "Invalid datasets.dslr.split.test: 2.0 at conf/x.yaml:6:39 (must be in (0, 1))",
            "Invalid auxiliary.datasets: [] at conf/x.yaml:7:23 (must name at least one dataset)",
            "Unknown dataset `amason` at conf/x.yaml:9:27 (did you mean `amazon`?)",
            "Invalid group alone: one task for the joint method mtal at conf/x.yaml:10:18 (must have"
                + " at least two tasks)",
            "Invalid group alone: one task for the joint method pixels at conf/x.yaml:10:18 (must"
                + " have at least two tasks)",
            "Invalid group alone: one task for the joint method shared at conf/x.yaml:10:18 (must"
                + " have at least two tasks)",
            "Invalid groups.none.tasks: [] at conf/x.yaml:11:17 (must be at least one)",
            "Invalid methods.mtal.threshold: 3.0 at conf/x.yaml:15:21 (must be in (-1, 1])",
            "Invalid start: file with file null at conf/x.yaml:16:3 (must be start: file with a"
                + " file, or neither)",
            "Invalid methods.pixels.r: 0 at conf/x.yaml:17:29 (must be at least 1)",
            "Invalid methods.shared.training.batch: 0 at conf/x.yaml:18:66 (must be at least 1)",
            "Invalid split.validation: 1.0 at conf/x.yaml:19:21 (must be in (0, 1))",
            "Invalid training.learningRate: -1.0 at conf/x.yaml:20:26 (must be in (0, 1000))",
            "Invalid training.dropout: 3.0 at conf/x.yaml:20:39 (must be in [0, 1))",
            "Invalid backbone.fullyConnected: [0] at conf/x.yaml:21:28 (must be positive)",
            "Invalid backbone.name: vgg12 at conf/x.yaml:21:39 (must be one of resnet18, resnet34,"
                + " resnet50, vgg11, vgg13, vgg16, vgg19)",
            "Invalid workers.slots: 0 at conf/x.yaml:22:18 (must be at least 1)",
            "Invalid methods.mtal.beta: -1.0 at conf/x.yaml:26:23 (must be at least 0)");
  }

  /** Before any data is read: `plan`, `validate` and `run` read the configuration first. */
  @Test
  void refusesTasksThatAMethodCannotTrainTogether() {
    String text =
        """
        name: unlike
        datasets:
          photos: {source: a.zip}
          digits: {source: b.zip, size: [24, 32], channels: 1}
          icons: {source: c.zip, channels: 1}
        backbone: {vgg: [8, M]}
        groups:
          sizes: {tasks: [photos, digits]}
          colours: {tasks: [photos, icons]}
        methods:
          single-task: {start: scratch}
          multi-task: {start: scratch}
          stitch: {method: cross-stitch, start: scratch}
          mtal: {start: scratch}
        """;
    assertThat(problems(text))
        .containsExactly(
            "Invalid group sizes for method stitch: Cannot mix columns of tasks photos and digits"
                + " behind stage1: features of [16, 16, 8] and [12, 16, 8] at conf/x.yaml:8:18"
                + " (must be of equal shape; give their datasets one size)",
            "Invalid group sizes for method mtal: Cannot share kernels between tasks"
                + " [photos, digits]: conv1_1 has kernels [3, 3, 3, 8] and [3, 3, 1, 8]"
                + " at conf/x.yaml:8:18"
                + " (must be of equal size in one layer at least)",
            "Invalid group colours for method mtal: Cannot share kernels between tasks"
                + " [photos, icons]: conv1_1 has kernels [3, 3, 3, 8] and [3, 3, 1, 8]"
                + " at conf/x.yaml:9:20"
                + " (must be of equal size in one layer at least)");
    assertThat(problems(text.replace("vgg: [8, M]", "vgg: [8, M, 8, M]")))
        .as("a second layer has as many input channels in every column")
        .hasSize(1);
  }

  @Test
  void aMethodThatIsUnknownIsToldOnceForItsGroupsToo() {
    assertThat(
            problems(
                """
                name: office
                datasets: {amazon: {source: a.zip}}
                groups:
                  alone: {tasks: [amazon], methods: {joint: {threshold: 0.5}}}
                methods: {joint: {method: mtl}}
                """))
        .containsExactly("Unknown method `mtl` at conf/x.yaml:5:11 (did you mean `mtal`?)");
  }

  @Test
  void reportsWhatKeysSayOfEachOther() {
    String text =
        """
        name: office
        datasets:
          amazon: {source: a.zip, split: {mode: source}}
        groups:
          related:
            tasks: [amazon, {dataset: amason}]
            methods: {mtl: {threshold: 0.5}}
          alone: {tasks: [amazon]}
        methods:
          mtal: {threshold: 3, start: scratch}
          multi-task: {}
          damtl: {start: scratch}
          joint: {method: dmtl}
        split: {test: 1.5}
        """;
    assertThat(problems(text))
        .containsExactly("Unknown method `dmtl` at conf/x.yaml:13:3 (did you mean `damtl`?)");
    assertThat(problems(text.replace("{method: dmtl}", "{method: mtda, features: pixels}")))
        .containsExactly(
            "Invalid split of dataset amazon: the layout class/file has no splits at"
                + " conf/x.yaml:3:27 (must be layout: split/class/file, or split: {mode: hash}"
                + " without only)",
            "Unknown dataset `amason` at conf/x.yaml:6:31 (did you mean `amazon`?)",
            "Unknown method label `mtl` in group related at conf/x.yaml:7:15 (did you mean"
                + " `mtal`?)",
            "Invalid group alone: one task for the joint method mtal at conf/x.yaml:8:18 (must"
                + " have at least two tasks)",
            "Invalid group alone: one task for the joint method multi-task at conf/x.yaml:8:18"
                + " (must have at least two tasks)",
            "Invalid group alone: one task for the joint method joint at conf/x.yaml:8:18 (must"
                + " have at least two tasks)",
            "Invalid methods.mtal.threshold: 3.0 at conf/x.yaml:10:21 (must be in (-1, 1])",
            "Missing key `auxiliary`: method multi-task starts from the auxiliary network at"
                + " conf/x.yaml:11:3 (add auxiliary: {datasets: […]}, or settings that do without"
                + " it, such as start: scratch or features: pixels)",
            "Missing key `auxiliary`: method damtl reads the auxiliary network at"
                + " conf/x.yaml:12:3 (add auxiliary: {datasets: […]}, or settings that do without"
                + " it, such as start: scratch or features: pixels)",
            "Invalid split.test: 1.5 at conf/x.yaml:14:15 (must be in (0, 1))");
  }

  /** The records that refuse them stand in several places, and know none of them. */
  @Test
  void aRefusedValueIsNamedByItsWholePath() {
    String text =
        """
        name: paths
        datasets:
          grey: {source: a.zip, channels: 2}
          big: {source: b.zip}
        auxiliary: {datasets: [big], training: {learningRate: -1}}
        groups:
          one: {tasks: [big], draw: {perTask: 1}}
        methods:
          single-task: {}
        """;
    assertThat(
            problems(
                text,
                "training.batch=0",
                "methods.low={method: damtl, lambda1: -1, training: {dropout: 2}}"))
        .containsExactly(
            "Invalid datasets.grey.channels: 2 at conf/x.yaml:3:35 (must be 1 or 3)",
            "Invalid auxiliary.training.learningRate: -1.0 at conf/x.yaml:5:55 (must be in (0, 1000))",
            "Invalid groups.one.draw.perTask: 1 at conf/x.yaml:7:39 (must be at least 2)",
            "Invalid methods.low.lambda1: -1.0 at --set methods.low (must be at least 0)",
            "Invalid methods.low.training.dropout: 2.0 at --set methods.low (must be in [0, 1))",
            "Invalid training.batch: 0 at --set training.batch (must be at least 1)");
  }

  /** A constructor stops at the first of them. */
  @Test
  void allRefusedValuesOfARecordAreTold() {
    assertThat(
            problems(
                OFFICE,
                "training={batch: 0, learningRate: -1, dropout: 2}",
                "split={test: 2, validation: 0, object: '('}",
                "methods.damtl={lambda1: -1, maskRate: -2, taskWeight: 0}"))
        .containsExactlyInAnyOrder(
            "Invalid training.batch: 0 at --set training (must be at least 1)",
            "Invalid training.learningRate: -1.0 at --set training (must be in (0, 1000))",
            "Invalid training.dropout: 2.0 at --set training (must be in [0, 1))",
            "Invalid split.test: 2.0 at --set split (must be in (0, 1))",
            "Invalid split.validation: 0.0 at --set split (must be in (0, 1))",
            "Invalid split.object: ( at --set split (must be a regular expression: Unclosed group)",
            "Invalid methods.damtl.lambda1: -1.0 at --set methods.damtl (must be at least 0)",
            "Invalid methods.damtl.maskRate: -2.0 at --set methods.damtl (must be at least 0)",
            "Invalid methods.damtl.taskWeight: 0.0 at --set methods.damtl (must be positive)");
    assertThat(
            problems(
                OFFICE,
                "workers={slots: 0, maxSilentMinutes: 0}",
                "datasets.amazon={source: a.zip, channels: 2, limit: -5, labels: x.csv}"))
        .containsExactlyInAnyOrder(
            "Invalid workers.slots: 0 at --set workers (must be at least 1)",
            "Invalid workers.maxSilentMinutes: 0 at --set workers (must be at least 1)",
            "Invalid datasets.amazon.channels: 2 at --set datasets.amazon (must be 1 or 3)",
            "Invalid datasets.amazon.limit: -5 at --set datasets.amazon (must be at least 1)",
            "Invalid layout: class/file with labels x.csv at --set datasets.amazon (must be layout:"
                + " labels with a file, or neither)");
  }

  @Test
  void aLayoutWithoutSplitsCannotSplitByThem() {
    assertThat(problems(OFFICE, "datasets.amazon.split={mode: source}"))
        .containsExactly(
            "Invalid split of dataset amazon: the layout class/file has no splits at --set"
                + " datasets.amazon.split (must be layout: split/class/file, or split: {mode:"
                + " hash} without only)");
  }

  @Test
  void whatASearchHasLookedAtIsTheValidationCutOfItsRepeats() {
    SplitSettings split =
        read(OFFICE, "split.searched={repeats: 2, validation: 0.25}")
            .configuration()
            .splitOf("amazon");
    assertThat(split.of(1))
        .as("what trains")
        .isEqualTo(read(OFFICE).configuration().splitOf("amazon").of(1));
    assertThat(split.searchedSplits())
        .containsExactly(
            new Split(Split.Mode.HASH, 0.3, "twofold-1", List.of(), .25, null),
            new Split(Split.Mode.HASH, 0.3, "twofold-2", List.of(), .25, null));
    assertThat(
            read(
                    OFFICE,
                    "split={test: 0.5, salt: mine, over: fixed, object: x, searched: {repeats: 2,"
                        + " validation: 0.25}}")
                .configuration()
                .splitOf("amazon")
                .searchedSplits())
        .as("the search's, whatever the split is here")
        .isEqualTo(split.searchedSplits());
    assertThat(
            read(
                    OFFICE,
                    "split.searched={repeats: 2, validation: 0.5, test: 0.2, salt: s, over: fixed,"
                        + " object: y}")
                .configuration()
                .splitOf("amazon")
                .searchedSplits())
        .containsExactly(new Split(Split.Mode.HASH, 0.2, "s", List.of(), .5, "y"));
    assertThat(
            read(OFFICE, "split.searched={repeats: 2, validation: 0.25}")
                .configuration()
                .splitOf("tiny")
                .searchedSplits())
        .as("split by its source")
        .isEmpty();
    assertThat(problems(OFFICE, "split.searched={repeats: 0, validation: 0.25}"))
        .containsExactly(
            "Invalid split.searched.repeats: 0 at --set split.searched (must be at least 1)");
    assertThat(
            problems(OFFICE, "split.searched={repeats: 1, validation: 0.25, object: (obj}")
                .toString())
        .contains("Invalid split.searched.object: (obj at --set split.searched (must be a regular");
    assertThat(problems(OFFICE, "split={validation: 0.25, searched: {repeats: 2, validation: 1}}"))
        .containsExactly(
            "Invalid split.searched.validation: 1.0 at --set split (must be in (0, 1))");
    assertThat(
            read(OFFICE, "split={validation: 0.25, searched: {repeats: 2, validation: 0.5}}")
                .configuration()
                .splitOf("amazon")
                .searchedSplits())
        .as("what is a search itself")
        .isEmpty();
  }

  @Test
  void objectsAreFoundByARegularExpression() {
    Configuration configuration = read(OFFICE, "split.object=/(obj\\d+)_").configuration();
    assertThat(configuration.splitOf("amazon").of(3))
        .isEqualTo(new Split(Split.Mode.HASH, 0.3, "twofold-3", List.of(), null, "/(obj\\d+)_"));
    assertThat(configuration.splitOf("tiny").of(3).object()).as("split by its source").isNull();
    assertThat(problems(OFFICE, "split.object=(obj", "methods.mtal.groups=auto").toString())
        .doesNotContain("split by object");
    assertThat(problems(OFFICE, "datasets.amazon.split={object: x}", "methods.mtal.groups=auto"))
        .contains(
            "Invalid groups of method mtal: auto in group related, whose task amazon is split by"
                + " object at --set methods.mtal.groups (must be named, or split without object)");
    assertThat(problems(OFFICE, "split.object=(obj"))
        .containsExactly(
            "Invalid split.object: (obj at --set split.object (must be a regular expression:"
                + " Unclosed group)");
  }

  @Test
  void aPriorNamesTasksOfTheGroup() {
    assertThat(
            problems(
                OFFICE.replace("{threshold: 0.55}", "{groups: [[amazon, web]]}"),
                "methods.mtal.groups=[[webcam]]"))
        .containsExactly(
            "Unknown task `web` in groups of method mtal: group related has none of this name at"
                + " conf/x.yaml:10:30 (must be one of amazon, webcam)");
    assertThat(problems(OFFICE, "methods.mtal.groups=[[webcam], [webcam]]"))
        .containsExactly(
            "Invalid methods.mtal.groups: [[webcam], [webcam]] at --set methods.mtal.groups (must"
                + " be auto, or lists of tasks, no task in two of them)");
    assertThat(problems(OFFICE, "methods.mtal.groups=webcam"))
        .containsExactly(
            "Invalid methods.mtal.groups: webcam at --set methods.mtal.groups (must be auto, or"
                + " lists of tasks, no task in two of them)");
  }

  @Test
  void aPriorMayBeToBeFound() {
    Configuration configuration = read(OFFICE, "methods.mtal.groups=auto").configuration();

    assertThat(((MtalSettings) configuration.method("related", "mtal").settings()).groups())
        .isEqualTo(Prior.AUTO);
  }

  @Test
  void refusesDuplicateKeys() {
    assertThat(problems(OFFICE + "name: again\n"))
        .containsExactly(
            "Duplicate key `name` at conf/x.yaml:19:1 (it stands at conf/x.yaml:1:1" + " already)");
  }

  @Test
  void namesThePlaceOfASyntaxError() {
    assertThat(problems("name: office\ndatasets: {amazon: [\n"))
        .singleElement()
        .asString()
        .startsWith("Invalid YAML: ")
        .contains(" at conf/x.yaml:3:1");
  }

  @Test
  void refusesStepsTogetherWithEpochs() {
    assertThat(problems(OFFICE, "training={steps: 5, epochs: 2}"))
        .containsExactly(
            "Invalid training: epochs 2, steps 5 at --set training (must have one of epochs and"
                + " steps)");
    assertThat(problems(OFFICE.replace("[tiny]}", "[tiny], training: {steps: 5, epochs: 3}}")))
        .containsExactly(
            "Invalid auxiliary.training: epochs 3, steps 5 at conf/x.yaml:6:31 (must have one of"
                + " epochs and steps)");
    assertThat(problems(OFFICE, "methods.mtal={training: {epochs: 3, steps: 5, batch: 0}}"))
        .containsExactly(
            "Invalid methods.mtal.training.batch: 0 at --set methods.mtal (must be at least 1)",
            "Invalid methods.mtal.training: epochs 3, steps 5 at --set methods.mtal (must have one"
                + " of epochs and steps)");
  }

  @Test
  void anOverrideReachesAnyKeyAndIsNamedInProblems() {
    assertThat(read(OFFICE, "tracking.uri=offline", "repeats=2").configuration())
        .returns("offline", configuration -> configuration.tracking().uri())
        .returns(2, Configuration::repeats);
    assertThat(
            problems(
                OFFICE, "methods.mtal.treshold=0.3", "repeats=0", "name.first=x", "methods.mtal"))
        .containsExactlyInAnyOrder(
            "Cannot set `first`: `name` has no keys at --set name.first",
            "Invalid --set methods.mtal at the command line (must be KEY=VALUE)",
            "Unknown key `treshold` at --set methods.mtal.treshold (did you mean `threshold`?)");
    assertThat(problems(OFFICE, "repeats=0", "name='?'"))
        .containsExactly(
            "Invalid name: ? at --set name (must be letters, digits, spaces, dots, _ and -, at most"
                + " 100)",
            "Invalid repeats: 0 at --set repeats (must be 1 to 1000)");
    assertThat(problems(OFFICE, "methods.mtal.treshold=0.3"))
        .containsExactly(
            "Unknown key `treshold` at --set methods.mtal.treshold (did you mean `threshold`?)");
  }

  @Test
  void aSweepIsTheProductOfItsLists() {
    Experiment experiment =
        read(OFFICE, "sweep={methods.mtal.threshold: [0.2, 0.4], training.steps: [10, 20, 30]}");

    assertThat(experiment.points())
        .extracting(SweepPoint::values)
        .containsExactly(
            Map.of("methods.mtal.threshold", 0.2, "training.steps", 10L),
            Map.of("methods.mtal.threshold", 0.2, "training.steps", 20L),
            Map.of("methods.mtal.threshold", 0.2, "training.steps", 30L),
            Map.of("methods.mtal.threshold", 0.4, "training.steps", 10L),
            Map.of("methods.mtal.threshold", 0.4, "training.steps", 20L),
            Map.of("methods.mtal.threshold", 0.4, "training.steps", 30L));
    assertThat(experiment.points().get(4).configuration().method("swapped", "mtal"))
        .returns(20, method -> method.training().steps())
        .returns(0.4, method -> ((MtalSettings) method.settings()).threshold());
  }

  @Test
  void zippedListsGoSideBySide() {
    Experiment experiment =
        read(
            OFFICE,
            "sweep={seed: [1, 2], zip: [{methods.mtal.alpha: [0.5, 0.75], methods.mtal.beta: [0.5,"
                + " 0.25]}]}");

    assertThat(experiment.points())
        .extracting(SweepPoint::values)
        .containsExactly(
            Map.of("seed", 1L, "methods.mtal.alpha", 0.5, "methods.mtal.beta", 0.5),
            Map.of("seed", 1L, "methods.mtal.alpha", 0.75, "methods.mtal.beta", 0.25),
            Map.of("seed", 2L, "methods.mtal.alpha", 0.5, "methods.mtal.beta", 0.5),
            Map.of("seed", 2L, "methods.mtal.alpha", 0.75, "methods.mtal.beta", 0.25));
  }

  @Test
  void aSweepsValuesAreCheckedWhereTheyAreWritten() {
    String swept = OFFICE + "sweep:\n  methods.mtal.threshold: [0.2, 2]\n";
    assertThat(problems(swept + "  methods.mtal.beta: [-1]\n"))
        .containsExactly(
            "Invalid methods.mtal.threshold: 2.0 at conf/x.yaml:20:33 (must be in (-1, 1])",
            "Invalid methods.mtal.beta: -1.0 at conf/x.yaml:21:23 (must be at least 0)");
    assertThat(problems(swept + "  methods.mtl.beta: [1]\n"))
        .containsExactly("Unknown method `mtl` at conf/x.yaml:21:22 (did you mean `mtal`?)");
    assertThat(problems(OFFICE, "sweep={zip: [{seed: [1, 2], split.test: [0.5]}]}"))
        .containsExactly(
            "Invalid sweep.zip: {seed=[1, 2], split.test=[0.5]} at --set sweep (must be lists of"
                + " equal length)");
  }

  @Test
  void whatARunHasOneOfIsNotSwept() {
    assertThat(problems(OFFICE, "sweep={workdir: [a, b], tracking.uri: [offline]}"))
        .containsExactly(
            "Invalid sweep.workdir: [a, b] at --set sweep (must be left away: a run has one"
                + " `workdir`, so give a run for each)",
            "Invalid sweep.tracking.uri: [offline] at --set sweep (must be left away: a run has one"
                + " `tracking`, so give a run for each)");
  }

  /** Two points have it, and the second one's is not a value that was read. */
  @Test
  void aMistakeOfSeveralPointsIsToldOnce() {
    assertThat(problems(OFFICE + "sweep:\n  methods.mtal.threshold: [0.4, high]\n  seed: [1, 2]\n"))
        .containsExactly(
            "Invalid methods.mtal.threshold: high at conf/x.yaml:20:33 (must be a number)");
  }

  @Test
  void tasksAreNotSwept() {
    String remedy = "must be left away: tasks may not be swept, so give a group for each";

    assertThat(
            problems(
                OFFICE
                    + """
                    sweep:
                      groups.related.tasks: [[amazon, webcam], [webcam]]
                      groups.swapped: [{tasks: [amazon]}]
                      zip: [{groups: [{third: {tasks: [amazon]}}]}]
                    """))
        .containsExactly(
            "Invalid sweep.groups.related.tasks: [[amazon, webcam], [webcam]] at"
                + " conf/x.yaml:20:25 (%s)".formatted(remedy),
            "Invalid sweep.groups.swapped: [{tasks=[amazon]}] at conf/x.yaml:21:19 (%s)"
                .formatted(remedy),
            "Invalid sweep.zip.groups: [{third={tasks=[amazon]}}] at conf/x.yaml:22:18 (%s)"
                .formatted(remedy));
    assertThat(problems(OFFICE, "sweep={groups.related.methods.mtal.threshold: [0.4, 0.5]}"))
        .isEmpty();
  }

  @TempDir private Path folder;

  private Path write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private Experiment read(Path file, String... overrides) {
    return new ConfigurationReader(Map.of()).read(file, List.of(overrides));
  }

  @Test
  void aConfigurationIsLaidOverWhatItExtendsKeyByKey() throws IOException {
    write("common/office.yaml", OFFICE + "backbone: {vgg: [64, M], fullyConnected: [8]}\n");
    write("common/published.yaml", "methods: {mtal: {preset: published}}\nrepeats: 7\n");
    Configuration configuration =
        read(
                write(
                    "mine.yaml",
                    """
                    name: mine
                    extends: [common/office.yaml, common/published.yaml]
                    repeats: 2
                    datasets: {amazon: {size: 16}}
                    training: {epochs: 3}
                    backbone: {name: vgg11}
                    groups: {swapped: {tasks: [amazon, webcam]}}
                    """),
                "methods.mtal.pick=mutual")
            .configuration();

    assertThat(configuration.name()).isEqualTo("mine");
    assertThat(configuration.repeats()).as("above all that it extends").isEqualTo(2);
    assertThat(configuration.datasets().get("amazon"))
        .returns("amazon.zip", DatasetSettings::source)
        .returns(new ImageSize(16, 16), DatasetSettings::size);
    assertThat(configuration.groups().get("swapped").tasks())
        .as("a list takes the place of a list")
        .extracting(GroupTask::name)
        .containsExactly("amazon", "webcam");
    assertThat(configuration.method("mtal"))
        .returns(Preset.PUBLISHED, MethodSettings::preset)
        .as("of two that exclude each other the upper stays")
        .returns(3, method -> method.training().epochs())
        .returns("vgg11", method -> method.backbone().name())
        .returns(List.of(8), method -> method.backbone().fullyConnected())
        .returns(0.01, method -> method.training().learningRate())
        .returns(MtalSettings.Pick.MUTUAL, method -> ((MtalSettings) method.settings()).pick());
  }

  @Test
  void colourCannotStartFromAGreyNetwork() {
    String grey = OFFICE.replace("source: tiny.zip,", "source: tiny.zip, channels: 1,");
    assertThat(problems(grey))
        .contains(
            "Invalid start of method mtal: task amazon of group related has 3 channels, and the"
                + " auxiliary network 1 at conf/x.yaml:9:12 (must be no more channels than the"
                + " auxiliary datasets have, or start: scratch)")
        .noneMatch(problem -> problem.contains("method scratch"));
    String[] mtda = {"groups={one: {tasks: [amazon, webcam]}}", "methods={mtda: {}}"};
    assertThat(problems(grey, mtda))
        .anyMatch(problem -> problem.startsWith("Invalid start of method mtda: task amazon"));
    mtda[1] = "methods={mtda: {features: pixels}}";
    assertThat(problems(grey, mtda)).isEmpty();
  }

  @Test
  void layersOfAnotherSizeCannotBeAlignedFromScratch() {
    String scratch =
        OFFICE.replace("damtl: {preset: published,", "damtl: {preset: published, start: scratch,");
    assertThat(problems(scratch))
        .contains(
            "Invalid start of method damtl: task webcam of group related has images of 24 × 40, and"
                + " the auxiliary network, which its layers are aligned with, of 32 × 32 at"
                + " conf/x.yaml:9:12 (must be the same size, start: auxiliary or alignment: none)");
    assertThat(problems(scratch.replace("mode: joint", "mode: joint, alignment: none"))).isEmpty();
    assertThat(problems(scratch, "backbone={name: resnet18}")).as("it pools all").isEmpty();
  }

  @Test
  void nullTakesAwayWhatStandsBelow() throws IOException {
    write("office.yaml", OFFICE);
    Path mine = write("mine.yaml", "extends: office.yaml\nmethods: {scratch: null}\n");
    assertThat(read(mine).configuration().methods())
        .containsOnlyKeys("single-task", "mtal", "damtl");
    assertThat(read(mine, "methods.damtl=null").configuration().methods())
        .containsOnlyKeys("single-task", "mtal");
  }

  @Test
  void problemsStandWhereTheyAreWrittenWhateverExtendsThem() throws IOException {
    Path below = write("below.yaml", OFFICE.replace("size: [24, 40]", "size: 0"));
    Path mine = write("mine.yaml", "extends: below.yaml\nrepeat: 3\n");

    assertThatThrownBy(() -> read(mine))
        .hasMessage(
            "Invalid datasets.webcam.size: 0 at %s:4:38 (must be one number of pixels, or [height,"
                    .formatted(below)
                + " width], each 1 to 4096)\nUnknown key `repeat` at %s:2:1 (did you mean `repeats`?)"
                    .formatted(mine));
  }

  @Test
  void refusesToExtendWhatIsNotThereOrItself() throws IOException {
    Path first = write("a.yaml", "extends: b.yaml\n");
    Path second = write("b.yaml", "extends: [a.yaml, c.yaml, [d]]\n");

    assertThatThrownBy(() -> read(first))
        .hasMessageContaining(
            "Cannot extend %s: it leads back to itself at %s:1:11".formatted(first, second))
        .hasMessageContaining(
            "Cannot extend %s: there is no such file at %s:1:19"
                .formatted(folder.resolve("c.yaml"), second))
        .hasMessageContaining(
            "Invalid extends: [d] at %s:1:27 (must be a file, or a list)".formatted(second));
  }

  /** It may have had the keys that seem to be missing, and say which method a label is. */
  @Test
  void whatFollowsFromABaseThatIsNotThereIsNotTold() throws IOException {
    Path mine =
        write(
            "a.yaml",
            """
            repeat: 3
            datasets: {amazon: {size: 0, layout: labels}}
            groups: {related: {draw: {shared: 3}}}
            methods: {mine: {lambda1: 0.1}, mtal: {treshold: 0.4}}
            extends: [z.yaml]
            """);
    Path base = folder.resolve("z.yaml");
    String follows =
        "\nUnknown key `repeat` at %s:1:1 (did you mean `repeats`?)".formatted(mine)
            + "\nInvalid datasets.amazon.size: 0 at %s:2:27 (must be one number of pixels, or [height,"
                .formatted(mine)
            + " width], each 1 to 4096)"
            + "\nUnknown key `treshold` at %s:4:40 (did you mean `threshold`?)".formatted(mine);

    assertThatThrownBy(() -> read(mine))
        .hasMessage(
            "Cannot extend %s: there is no such file at %s:5:11".formatted(base, mine) + follows);
    write("z.yaml", "name: [\n");
    assertThatThrownBy(() -> read(mine))
        .hasMessageStartingWith("Invalid YAML: ")
        .hasMessageEndingWith(" at %s:2:1".formatted(base) + follows);
    Files.delete(base);
    Files.createDirectory(base);
    assertThatThrownBy(() -> read(mine))
        .hasMessage(
            "Cannot extend %s: it is a folder at %s:5:11 (must be a YAML file)"
                    .formatted(base, mine)
                + follows);
  }

  @Test
  void aLabelMapMayStandInAFileBesideTheConfiguration() throws IOException {
    write(
        "labels/amazon.tsv",
        "# here\tin the big task\nmug\tcup\n\nback_pack\tbackpack, knapsack\n");
    write("labels/webcam.csv", "mug,cup\n\"desk lamp\",\"lamp, shade\"\n");
    Path file =
        write(
            "conf/x.yaml",
            OFFICE
                .replace("amazon.zip", "amazon.zip, labelMap: ../labels/amazon.tsv")
                .replace("webcam.zip", "webcam.zip, labelMap: ../labels/webcam.csv"));

    Configuration configuration = read(file).configuration();

    assertThat(configuration.datasets().get("amazon").labelMap())
        .returns(Map.of("mug", "cup", "back_pack", "backpack, knapsack"), LabelMap::classes)
        .returns(
            new Place(folder.resolve("labels/amazon.tsv").toString(), 4, 1),
            map -> map.places().get("back_pack"));
    assertThat(configuration.datasets().get("webcam").labelMap().classes())
        .isEqualTo(Map.of("mug", "cup", "desk lamp", "lamp, shade"));
    assertThat(EffectiveConfiguration.yaml(configuration))
        .as("its content, not its path")
        .contains("back_pack: 'backpack, knapsack'");
  }

  @Test
  void refusesRowsThatAreNoPairs() throws IOException {
    Path labels = write("amazon.tsv", "mug\tcup\nbike\nmug\tglass\n");
    Path file = write("x.yaml", OFFICE.replace("amazon.zip", "amazon.zip, labelMap: amazon.tsv"));

    assertThatThrownBy(() -> read(file))
        .hasMessage(
            "Invalid row of a label map: bike at %s:2:1 (must be a class here and a class of the"
                    .formatted(labels)
                + " auxiliary task)\nDuplicate class `mug` in a label map at "
                + "%s:3:1 (it stands at %s:1:1 already)".formatted(labels, labels));
    assertThatThrownBy(() -> read(file, "datasets.amazon.labelMap=no/such.tsv"))
        .hasMessage(
            "Cannot read label map no/such.tsv: there is no such file at --set"
                + " datasets.amazon.labelMap");
  }

  @Test
  void theEffectiveConfigurationReadsBackAsItself() {
    Configuration configuration = read(OFFICE).configuration();
    String yaml = EffectiveConfiguration.yaml(configuration);

    assertThat(yaml).contains("learningRate: 0.01", "inMemory: 2GB", "start: scratch");
    assertThat(EffectiveConfiguration.of(read(yaml).configuration()))
        .isEqualTo(EffectiveConfiguration.of(configuration));
  }

  @Test
  void aProcessMayBeSilentForAnHourOrForWhatIsSaid() {
    assertThat(read(OFFICE).configuration().workers().maxSilentMinutes()).isEqualTo(60);
    assertThat(
            read(OFFICE, "workers.maxSilentMinutes=5").configuration().workers().maxSilentMinutes())
        .isEqualTo(5);
    assertThat(problems(OFFICE, "workers.maxSilentMinutes=0"))
        .containsExactly(
            "Invalid workers.maxSilentMinutes: 0 at --set workers.maxSilentMinutes (must be at"
                + " least 1)");
  }

  @Test
  void threadsHaveAMaximum() {
    assertThat(read(OFFICE, "workers.threads=4096").configuration().workers().threadsOn(1))
        .isEqualTo(4096);
    assertThat(problems(OFFICE, "workers.threads=9999"))
        .containsExactly(
            "Invalid workers.threads: 9999 at --set workers.threads (must be auto, or a number from"
                + " 1 to 4096)");
  }

  /** It is shown in reports, and goes to the server with every run. */
  @Test
  void theEffectiveConfigurationHasNoLogin() {
    assertThat(
            EffectiveConfiguration.yaml(
                read(OFFICE, "tracking.uri='https://ann:s@cret@mlflow:5000/x'").configuration()))
        .contains("https://mlflow:5000/x")
        .doesNotContain("ann:", "cret");
    assertThat(problems(OFFICE, "tracking.uri='ftp://ann:s@cret@mlflow'"))
        .singleElement()
        .asString()
        .startsWith("Invalid tracking.uri: ftp://mlflow ");
  }

  @Test
  void refusesAPaperThatNamesWhatDoesNotExist() {
    assertThat(
            problems(
                OFFICE
                    + """
                    paper:
                      table: DAMTL Table 4
                      columns: {related/amason: Amazon, related/webcam: Webcams}
                      rows: {mtl: MTAL, damtl: DAMTAL}
                      substitutes: {swapped/shoe: Product (Office-Home), related/webcam: Art}
                    """))
        .containsExactly(
            "Unknown task `related/amason` in paper at conf/x.yaml:21:29 (did you mean"
                + " `related/amazon`?)",
            "Unknown column of DAMTL Table 4 `Webcams` in paper at conf/x.yaml:21:53 (did you mean"
                + " `Webcam`?)",
            "Unknown method label `mtl` in paper at conf/x.yaml:22:15 (did you mean `mtal`?)",
            "Unknown row of DAMTL Table 4 `DAMTAL` in paper at conf/x.yaml:22:28 (did you mean"
                + " `DAMTL`?)",
            "Unknown task `swapped/shoe` in paper at conf/x.yaml:23:31 (did you mean"
                + " `swapped/shop`?)");
    assertThat(problems(OFFICE, "paper={table: DAMTL Table 44}"))
        .containsExactly(
            "Unknown table `DAMTL Table 44` in paper at --set paper (did you mean `DAMTL Table"
                + " 4`?)");
    assertThat(problems(OFFICE, "paper={rows: {mtal: MTAL}}"))
        .containsExactly(
            "Invalid paper.rows: [mtal] at --set paper (must be rows of a table; name it, as in"
                + " table: DAMTL Table 4)");
  }

  @Test
  void aPaperNamesItsDataWithoutATable() {
    PaperSettings paper =
        read(
                OFFICE,
                "paper={columns: {related/amazon: Art},"
                    + " substitutes: {related/amazon: Art (Office-Home)}}")
            .configuration()
            .paper();

    assertThat(paper.published()).isEmpty();
    assertThat(paper.column("related", "amazon")).isEqualTo("Art");
    assertThat(paper.substitute("related", "amazon")).isEqualTo("Art (Office-Home)");
    assertThat(paper.score("mtal", "related", "amazon")).isEmpty();
  }

  @Test
  void thePaperIsNoPartOfWhatShapesARun() {
    Configuration with =
        read(OFFICE, "paper={table: DAMTL Table 4, columns: {related/amazon: Amazon}}")
            .configuration();

    assertThat(EffectiveConfiguration.of(with))
        .isEqualTo(EffectiveConfiguration.of(read(OFFICE).configuration()));
    assertThat(read(EffectiveConfiguration.yaml(with)).configuration().paper())
        .isEqualTo(with.paper());
  }

  @Test
  void aResNetHasBatchNormAndBeginsAsTheLargestImagesAskFor() {
    Configuration small = read(OFFICE, "backbone={name: resnet18}").configuration();
    Configuration large =
        read(OFFICE, "backbone={name: resnet18}", "datasets.amazon.size=[40, 65]").configuration();

    assertThat(EffectiveConfiguration.plain(small.effectiveBackbone()))
        .isEqualTo(
            Map.of(
                "name",
                "resnet18",
                "fullyConnected",
                List.of(256, 256),
                "batchNorm",
                true,
                "stem",
                "small"));
    assertThat(large.method("mtal").backbone().stem()).isEqualTo(Stem.LARGE);
    assertThat(
            read(OFFICE, "backbone={name: resnet18, stem: small}", "datasets.amazon.size=65")
                .configuration()
                .effectiveBackbone()
                .stem())
        .isEqualTo(Stem.SMALL);
  }

  @Test
  void aMethodMayHaveANetworkOfAnotherFamily() {
    Configuration configuration =
        read(
                OFFICE,
                "backbone={name: resnet18, fullyConnected: [64]}",
                "methods.mtal.backbone={vgg: [8, M]}",
                "methods.scratch.backbone={name: resnet50, stem: large}")
            .configuration();

    assertThat(configuration.method("mtal").backbone())
        .isEqualTo(new BackboneSettings(null, List.of("8", "M"), List.of(64), false));
    assertThat(configuration.method("scratch").backbone())
        .isEqualTo(new BackboneSettings("resnet50", null, List.of(64), true, Stem.LARGE));
    assertThat(
            EffectiveConfiguration.of(
                read(EffectiveConfiguration.yaml(configuration)).configuration()))
        .as("read back")
        .isEqualTo(EffectiveConfiguration.of(configuration));
    assertThat(
            read(OFFICE, "backbone={batchNorm: true}", "methods.mtal.backbone={name: vgg16}")
                .configuration()
                .method("mtal")
                .backbone()
                .batchNorm())
        .as("given for all networks")
        .isTrue();
  }

  @Test
  void refusesABackboneThatContradictsItself() {
    assertThat(problems(OFFICE, "backbone={name: resnet18, batchNorm: false}"))
        .containsExactly(
            "Invalid backbone.batchNorm: false at --set backbone (must be true for resnet18, whose"
                + " blocks are defined with it)");
    assertThat(problems(OFFICE, "backbone={vgg: [8], stem: small}"))
        .containsExactly(
            "Invalid backbone.stem: small at --set backbone (must be left out for a VGG, which has"
                + " none)");
  }

  @Test
  void refusesToAlignHiddenLayersThatAreNotThere() {
    assertThat(
            problems(OFFICE, "methods.damtl={alignment: hidden}", "backbone={fullyConnected: []}"))
        .hasSize(2)
        .first()
        .asString()
        .startsWith(
            "Invalid group related for method damtl: Cannot align hidden layers: the backbone has"
                + " no hidden fully connected layer at ")
        .endsWith("(must have backbone.fullyConnected, or alignment: all or none)");
  }

  @Test
  void namesAFileThatIsNotThere() {
    assertThatThrownBy(
            () -> new ConfigurationReader(Map.of()).read(Path.of("no/such.yaml"), List.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("Cannot read the configuration: there is no such file at no/such.yaml");
  }

  @Test
  void aFolderInAFilesPlaceIsNamed() {
    ConfigurationReader reader = new ConfigurationReader(Map.of());
    assertThatThrownBy(() -> reader.read(folder, List.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "Cannot read the configuration: it is a folder (must be a YAML file) at " + folder);
  }

  @Test
  void aFileInAnotherEncodingIsNamed() throws Exception {
    Path latin = folder.resolve("latin.yaml");
    Files.write(latin, "name: M\u00fcller".getBytes(StandardCharsets.ISO_8859_1));
    Path upper = Files.writeString(folder.resolve("upper.yaml"), "extends: latin.yaml");
    ConfigurationReader reader = new ConfigurationReader(Map.of());
    assertThatThrownBy(() -> reader.read(latin, List.of()))
        .hasMessage(
            "Cannot read the configuration: it is not UTF-8 text (save it as UTF-8) at " + latin);
    assertThatThrownBy(() -> reader.read(upper, List.of()))
        .hasMessageContaining(
            "Cannot extend %s: it is not UTF-8 text (save it as UTF-8)".formatted(latin));
  }
}
