package dev.twofold.pipelines.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.twofold.models.Randomness;
import dev.twofold.pipelines.configuration.ConfigurationException;
import dev.twofold.pipelines.configuration.ConfigurationReader;
import dev.twofold.pipelines.configuration.Experiment;
import dev.twofold.pipelines.configuration.SweepPoint;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.parquet.Split;
import dev.twofold.transforms.sources.DataRefusedException;
import dev.twofold.transforms.training.TrainingJson;
import dev.twofold.transforms.training.UnitSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlannerTest {

  private static final String OFFICE =
      """
      name: office
      workdir: ${ROOT}/work
      repeats: 2
      datasets:
        amazon: {source: "${ROOT}/amazon", labelMap: {mug: cup}}
        webcam: {source: "${ROOT}/webcam"}
        tiny: {source: "${ROOT}/tiny", layout: split/class/file}
      auxiliary: {datasets: [tiny]}
      groups:
        pair: {tasks: [amazon, webcam]}
        swapped: {tasks: [webcam, amazon]}
      methods:
        single-task: {}
        single-task-scratch: {method: single-task, start: scratch}
        mtal: {}
        damtl: {}
      workers: {slots: 1, threads: 1}
      """;

  @TempDir private Path root;

  @BeforeEach
  void writeSources() throws IOException {
    images("amazon", "bike", 4);
    images("amazon", "mug", 6);
    images("webcam", "bike", 3);
    images("webcam", "phone", 3);
    images("tiny/train", "cup", 5);
    images("tiny/train", "bike", 5);
    images("tiny/val", "cup", 2);
    images("tiny/val", "bike", 2);
  }

  private void images(String dataset, String name, int count) throws IOException {
    Path folder = Files.createDirectories(root.resolve(dataset).resolve(name));
    for (int i = 0; i < count; i++) {
      Files.writeString(folder.resolve(i + ".png"), dataset + name + i);
    }
  }

  private Experiment read(String text, String... overrides) {
    try {
      Path file = Files.writeString(root.resolve("x.yaml"), text);
      return new ConfigurationReader(Map.of("ROOT", root.toString()))
          .read(file, List.of(overrides));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private Plan plan(String... overrides) {
    return plan(PlanOptions.usual(), overrides);
  }

  @Test
  void thePublishedTableChangesNoKey() {
    assertThat(keys(plan("paper={table: DAMTL Table 4, columns: {pair/amazon: Amazon}}")))
        .isEqualTo(keys(plan()));
  }

  private Plan plan(PlanOptions options, String... overrides) {
    return new Planner("2.18.0").plan(read(OFFICE, overrides), options);
  }

  private static Set<String> keys(Plan plan) {
    Set<String> keys = new TreeSet<>();
    plan.pretrainings().forEach(pretraining -> keys.add(pretraining.unit().key().hex()));
    plan.units().forEach(unit -> keys.add(unit.key().hex()));
    plan.trials().forEach(trial -> keys.add(trial.evaluation().hex()));
    return keys;
  }

  private static List<PlannedTrial> trials(Plan plan, String group, String label) {
    return plan.trials().stream()
        .filter(trial -> trial.spec().group().equals(group) && trial.spec().label().equals(label))
        .toList();
  }

  /** Makes all that the plan wants made, as far as planning can see. */
  private void make(Plan plan) {
    ArtifactStore store = new ArtifactStore(plan.workdir());
    plan.datasets().forEach(one -> ingest(store, one, 0));
    plan.pretrainings()
        .forEach(one -> make(store, one.unit().key(), one.unit().inputs(), plan.context()));
    plan.units().forEach(one -> make(store, one.key(), one.inputs(), plan.context()));
    plan.trials().forEach(one -> make(store, one.evaluation(), one.inputs(), plan.context()));
  }

  private static void make(
      ArtifactStore store, StageKey key, Map<String, Object> inputs, Map<String, Object> context) {
    store.createDirectory(key);
    store.commit(key, inputs, context);
  }

  private static void ingest(ArtifactStore store, PlannedDataset dataset, int lost) {
    Path folder = store.createDirectory(dataset.key());
    String letter = "{\"id\":\"bike/0.png\",\"class\":\"bike\",\"reason\":\"truncated\"}\n";
    try {
      Files.writeString(
          folder.resolve("dataset.json"),
          "{\"images\":%d,\"deadLetters\":%d}".formatted(dataset.images() - lost, lost));
      Files.writeString(folder.resolve("dead-letters.jsonl"), letter.repeat(lost));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    make(store, dataset.key(), dataset.request().keyInputs(), Map.of());
  }

  private static Map<String, Long> actions(Plan plan) {
    return plan.trials().stream()
        .collect(
            Collectors.groupingBy(
                trial -> trial.decision().action().name(), Collectors.counting()));
  }

  @Test
  void expandsGroupsMethodsAndRepeats() {
    Plan plan = plan();

    assertThat(plan.trials()).hasSize(2 * 4 * 2);
    assertThat(plan.datasets())
        .extracting(PlannedDataset::names)
        .containsExactlyInAnyOrder(List.of("amazon"), List.of("webcam"), List.of("tiny"));
    assertThat(plan.datasets().get(0).counts()).isEqualTo(Map.of("bike", 4, "mug", 6));
    assertThat(plan.pretrainings()).hasSize(1);
    assertThat(plan.pretrainings().get(0).unit().spec().tasks().get(0).classes())
        .containsExactly("bike", "cup");
  }

  @Test
  void whatTrainsATaskAloneIsTrainedOnceForAllGroups() {
    Plan plan = plan();

    // single-task, from both starts, and per-task damtl: 3 × 2 tasks × 2 repeats; mtal: each
    // group's own order of tasks × 2 repeats.
    assertThat(plan.units()).hasSize(3 * 2 * 2 + 2 * 2);
    assertThat(trials(plan, "pair", "single-task").get(0).spec().units())
        .containsExactlyInAnyOrderElementsOf(
            trials(plan, "swapped", "single-task").get(0).spec().units());
  }

  @Test
  void allMethodsOfARepeatHaveTheSameSplitAndSeed() {
    Plan plan = plan();

    assertThat(plan.units())
        .extracting(unit -> unit.spec().seed() + unit.spec().tasks().get(0).split().salt())
        .containsOnly(
            Randomness.hash(1, "repeat", 1) + "twofold-1",
            Randomness.hash(1, "repeat", 2) + "twofold-2");
  }

  @Test
  void aKeyIsForEver() {
    assertThat(
            trials(plan("datasets.amazon.classes=[bike, mug]"), "pair", "mtal").stream()
                .filter(trial -> trial.spec().repeat() == 1)
                .map(trial -> trial.spec().units().get(0)))
        .as("a change of this literal makes every artifact of every user stale")
        .containsExactly("2b2a250ab7c1d416841fb99847db8803");
  }

  @Test
  void pathsNamesSlotsAndTrackingAreNotInAKey() throws IOException {
    Set<String> keys = keys(plan());
    Path moved = root.resolve("moved");
    Files.move(root.resolve("amazon"), moved);

    assertThat(
            keys(
                plan(
                    "name=other",
                    "workdir=" + root.resolve("elsewhere"),
                    "datasets.amazon.source=" + moved,
                    "workers={slots: 3, threads: 7, devices: cpu, maxSilentMinutes: 5}",
                    "tracking.uri=offline",
                    "keepModels=none",
                    "data.maxDeadLetters=0.5",
                    "datasets.amazon.classes=[mug, bike]")))
        .isEqualTo(
            keys(plan("datasets.amazon.source=" + moved, "datasets.amazon.classes=[bike, mug]")))
        .hasSameSizeAs(keys);
  }

  @Test
  void trainingIsNotInTheKeyOfAClosedForm() {
    String pixels = "methods={mtda: {features: pixels}}";
    Plan plan = plan(pixels);

    assertThat(plan.units()).hasSize(2 * 2).allMatch(unit -> unit.work() == 1);
    assertThat(plan.pretrainings()).isEmpty();
    assertThat(keys(plan(pixels, "training={learningRate: 0.5}"))).isEqualTo(keys(plan));
    assertThat(plan.units().get(0).inputs()).doesNotContainKeys("start", "training");
  }

  @Test
  void aClosedFormWaitsForTheAuxiliaryNetworkWhereItReadsIt() {
    Plan plan = plan("methods={mtda: {}, lda: {method: mtda, sharing: separate}}");

    assertThat(plan.pretrainings()).hasSize(1);
    assertThat(plan.units())
        .as("two orders of tasks, two tasks of their own, in two repeats")
        .hasSize((2 + 2) * 2)
        .allMatch(
            unit -> unit.spec().auxiliary().equals(plan.pretrainings().get(0).unit().key().hex()));
  }

  @Test
  void aTrialSaysWhetherItsMethodTrainsTasksTogether() {
    String both = "methods={mtda: {}, lda: {method: mtda, sharing: separate}}";
    String alone = "methods={lda: {method: mtda, sharing: separate}}";

    assertThat(plan(both, "repeats=1").trials())
        .extracting(trial -> trial.spec().label() + " " + trial.spec().joint())
        .containsOnly("mtda true", "lda false");
    assertThat(plan(alone, "repeats=1", "groups={alone: {tasks: [amazon]}}").trials())
        .as("one unit, and not a joint one")
        .extracting(trial -> trial.spec().label() + " " + trial.spec().joint())
        .containsOnly("lda false");
  }

  @Test
  void aClosedFormIsComparedWithMethodsThatStartAsWhatItReads() {
    Plan plan =
        plan(
            "methods={mtda: {}, pixels: {method: mtda, features: pixels}, mtal: {start: scratch}}",
            "repeats=1");

    assertThat(plan.trials())
        .extracting(trial -> trial.spec().label() + " " + plan.startOf(trial))
        .contains("mtda auxiliary", "pixels scratch", "mtal scratch")
        .doesNotContain("mtda scratch", "pixels auxiliary");
  }

  @Test
  void saysHowLongATrialTrainsAndWhereItsHeadsStart() {
    Plan plan =
        plan(
            "methods={mtda: {}, mtal: {training: {epochs: 7}}, damtl: {headStart: labelMap, training: {steps: 70}}}",
            "repeats=1");

    assertThat(plan.trials())
        .extracting(
            trial -> String.join(", ", trial.spec().label(), trial.headStart(), trial.length()))
        .contains("mtda, , ", "mtal, random, 7 epochs", "damtl, labelMap, 70 steps");
  }

  @Test
  void saysWhichNetworkATrialHas() {
    Plan plan =
        plan(
            "methods={mtda: {}, pixels: {method: mtda, features: pixels}, mtal: {backbone: {name: vgg16}}}",
            "backbone={vgg: [8, M], fullyConnected: [16]}",
            "repeats=1");

    assertThat(plan.trials())
        .extracting(trial -> trial.spec().label() + " {" + plan.backboneOf(trial) + "}")
        .contains(
            "mtda {batchNorm: false; fullyConnected: 16; vgg: 8, M}",
            "pixels {}",
            "mtal {batchNorm: false; fullyConnected: 16; name: vgg16}");
  }

  @Test
  void labelsAndGroupsAreNotInAKey() {
    Set<String> keys = keys(plan());

    assertThat(
            keys(
                new Planner("2.18.0")
                    .plan(
                        read(
                            OFFICE
                                .replace("pair:", "couple:")
                                .replace("  mtal: {}", "  ours: {method: mtal}")),
                        PlanOptions.usual())))
        .isEqualTo(keys);
  }

  @Test
  void aLabelMapIsInTheKeyOnlyWhereItIsRead() {
    Set<String> keys = keys(plan());

    assertThat(keys(plan("datasets.amazon.labelMap={mug: bike}"))).isEqualTo(keys);
    assertThat(keys(plan("methods.damtl.alignment=all", "datasets.amazon.labelMap={mug: bike}")))
        .isNotEqualTo(keys(plan("methods.damtl.alignment=all")));
  }

  @Test
  void whatShapesAnOutcomeIsInItsKey() {
    Set<String> keys = keys(plan());
    for (String change :
        List.of(
            "seed=2",
            "split.test=0.4",
            "split.salt=x",
            "split.over=fixed",
            "training.steps=7",
            "backbone.fullyConnected=[8]",
            "auxiliary.seed=3",
            "auxiliary.training.epochs=2",
            "methods.mtal.threshold=0.5",
            "datasets.amazon.size=16",
            "datasets.amazon.augment.flip=false",
            "datasets.tiny.limit=1")) {
      assertThat(keys(plan(change))).as(change).isNotEqualTo(keys);
    }
    assertThat(keys(new Planner("2.19.0").plan(read(OFFICE), PlanOptions.usual())))
        .as("TensorFlow's version")
        .doesNotContainAnyElementsOf(keys);
  }

  @Test
  void aScratchMethodDoesNotDependOnTheAuxiliaryNetwork() {
    List<String> before = trials(plan(), "pair", "single-task-scratch").get(0).spec().units();
    Plan changed = plan("auxiliary.training.epochs=2");

    assertThat(trials(changed, "pair", "single-task-scratch"))
        .extracting(trial -> trial.spec().units())
        .contains(before);
    assertThat(keys(changed))
        .doesNotContainAnyElementsOf(trials(plan(), "pair", "single-task").get(0).spec().units());
  }

  @Test
  void everyBackboneThatAMethodStartsFromIsPretrained() {
    assertThat(plan("methods.mtal.backbone={vgg: [8, M]}").pretrainings()).hasSize(2);
  }

  @Test
  void twoMoreRepeatsTrainTwoMore() {
    make(plan());
    Plan more = plan("repeats=4");

    assertThat(actions(more)).isEqualTo(Map.of("REUSE", 16L, "RUN", 16L));
    assertThat(trials(more, "pair", "mtal"))
        .filteredOn(trial -> trial.decision().action() == Decision.Action.RUN)
        .allSatisfy(
            trial -> {
              assertThat(trial.spec().repeat()).isGreaterThan(2);
              assertThat(trial.decision().reason()).isEqualTo("a new repeat or seed");
            });
    assertThat(more.pretrainings().get(0).unit().decision().action())
        .isEqualTo(Decision.Action.REUSE);
  }

  @Test
  void namesTheKeyThatChanged() {
    make(plan());
    Plan changed = plan("methods.mtal.training.learningRate=0.01");

    assertThat(actions(changed)).isEqualTo(Map.of("REUSE", 12L, "RUN", 4L));
    assertThat(trials(changed, "pair", "mtal"))
        .extracting(trial -> trial.decision().reason())
        .containsOnly("training.learningRate 0.02 → 0.01");
  }

  @Test
  void namesTheSourceThatChangedDownToTheTrials() throws IOException {
    make(plan());
    images("webcam", "bike", 4);
    Plan changed = plan();

    assertThat(changed.datasets())
        .filteredOn(dataset -> dataset.names().contains("webcam"))
        .extracting(PlannedDataset::decision)
        .containsExactly(Decision.run("the source's content changed"));
    assertThat(trials(changed, "pair", "mtal"))
        .extracting(trial -> trial.decision().reason())
        .containsOnly("dataset webcam changed (the source's content changed)");
  }

  @Test
  void namesWhatChangedInTheAuxiliaryNetwork() {
    make(plan());
    Plan changed = plan("auxiliary.training.epochs=2");

    assertThat(trials(changed, "pair", "mtal"))
        .extracting(trial -> trial.decision().reason())
        .containsOnly("the auxiliary network changed (training.epochs 14 → 2)");
    assertThat(trials(changed, "pair", "single-task-scratch"))
        .extracting(trial -> trial.decision().action())
        .containsOnly(Decision.Action.REUSE);
  }

  @Test
  void anArtifactWithoutItsManifestDoesNotCount() throws IOException {
    Plan before = plan();
    make(before);
    StageKey lost = trials(before, "pair", "mtal").get(0).evaluation();
    Files.delete(new ArtifactStore(before.workdir()).directory(lost).resolve("manifest.json"));

    assertThat(actions(plan())).isEqualTo(Map.of("REUSE", 15L, "RUN", 1L));
  }

  @Test
  void warnsWhereWhatIsNotInTheKeyDiffers() {
    make(plan());

    assertThat(plan("workers.threads=4").warnings())
        .anySatisfy(
            warning ->
                assertThat(warning)
                    .matches(
                        "pretrain [0-9a-f]{8} was made with threads 1, this run has 4 \\(not in"
                            + " the key\\)"));
    assertThat(plan().warnings()).isEmpty();
  }

  @Test
  void warnsWhereWhatIsReusedIsOfAnotherDevice() throws IOException {
    Plan before = plan();
    make(before);
    StageKey unit = before.units().get(0).key();
    Path manifest = new ArtifactStore(before.workdir()).directory(unit).resolve("manifest.json");
    ObjectNode made = (ObjectNode) TrainingJson.MAPPER.readTree(manifest.toFile());
    made.withObject("/context").put("device", "gpu");
    TrainingJson.MAPPER.writeValue(manifest.toFile(), made);

    assertThat(plan("workers.devices=cpu").warnings())
        .anySatisfy(
            warning -> assertThat(warning).contains("was made with device gpu, this run has cpu"));
    assertThat(plan("workers.devices=gpu").warnings()).isEmpty();
    assertThat(plan().warnings()).as("auto").isEmpty();
  }

  @Test
  void aFreshAttemptLeavesEarlierOnesAlone() {
    Planner planner = new Planner("2.18.0");
    Experiment experiment = read(OFFICE);
    make(plan());

    assertThat(planner.latestAttempt(experiment, PlanOptions.usual(), 0)).isEmpty();
    Plan fresh = plan(PlanOptions.usual().withAttempt(1));
    assertThat(keys(fresh)).doesNotContainAnyElementsOf(keys(plan()));
    assertThat(actions(fresh)).isEqualTo(Map.of("RUN", 16L));
    assertThat(fresh.datasets())
        .extracting(dataset -> dataset.decision().action())
        .containsOnly(Decision.Action.REUSE);

    make(fresh);
    assertThat(planner.latestAttempt(experiment, PlanOptions.usual(), 0)).hasValue(1);
    PlannedUnit begun = plan(PlanOptions.usual().withAttempt(2)).units().get(0);
    make(new ArtifactStore(fresh.workdir()), begun.key(), begun.inputs(), fresh.context());
    assertThat(planner.latestAttempt(experiment, PlanOptions.usual(), 0)).hasValue(2);
    assertThat(planner.latestAttempt(read(OFFICE, "repeats=5"), PlanOptions.usual(), 0))
        .as("with more repeats the first is incomplete too")
        .hasValue(2);
    make(plan(PlanOptions.usual().withAttempt(4)));
    assertThat(planner.latestAttempt(experiment, PlanOptions.usual(), 0))
        .as("the third was deleted")
        .hasValue(4);
    make(plan(PlanOptions.usual().withAttempt(12)));
    assertThat(planner.latestAttempt(experiment, PlanOptions.usual(), 0))
        .as("too far off to be seen")
        .hasValue(4);
    assertThat(planner.latestAttempt(experiment, PlanOptions.usual(), 10)).hasValue(12);
    assertThat(planner.latestAttempt(experiment, PlanOptions.usual(), 13)).isEmpty();
  }

  /** Networks that were deleted to make room are not trained again beside a new trial. */
  @Test
  void whatOnlyEvaluatedTrialsNeedIsNotMadeAgain() throws IOException {
    make(plan());
    DurableFiles.deleteTree(root.resolve("work/artifacts/train"));
    DurableFiles.deleteTree(root.resolve("work/artifacts/pretrain"));
    Plan whole = plan();
    assertThat(whole.isComplete()).isTrue();
    assertThat(whole.units())
        .extracting(PlannedUnit::decision)
        .containsOnly(Decision.skip("its trials are evaluated"));
    assertThat(whole.pretrainings().get(0).unit().decision().action())
        .isEqualTo(Decision.Action.SKIP);

    Plan more = plan("methods={single-task-scratch: {method: single-task, start: scratch}}");
    assertThat(more.isComplete()).isTrue();
    Plan third = plan("repeats=3");
    assertThat(actions(third)).isEqualTo(Map.of("REUSE", 16L, "RUN", 8L));
    Set<String> open = new TreeSet<>();
    third.trials().stream()
        .filter(trial -> trial.spec().repeat() == 3)
        .forEach(trial -> open.addAll(trial.spec().units()));
    assertThat(third.units())
        .filteredOn(unit -> unit.decision().action() == Decision.Action.RUN)
        .extracting(unit -> unit.key().hex())
        .containsExactlyInAnyOrderElementsOf(open);
    assertThat(third.pretrainings().get(0).unit().decision().action())
        .as("the new ones start from it")
        .isEqualTo(Decision.Action.RUN);
  }

  @Test
  void aForcedStageIsMadeAgainAndTheStagesBeforeItAreNot() {
    make(plan());
    Plan forced = plan(PlanOptions.usual().withForced(Set.of(Stage.TRAIN)));

    assertThat(forced.pretrainings().get(0).unit().decision().action())
        .isEqualTo(Decision.Action.REUSE);
    assertThat(forced.units())
        .extracting(PlannedUnit::decision)
        .containsOnly(Decision.run("--force train"));
    assertThat(forced.trials())
        .extracting(PlannedTrial::decision)
        .containsOnly(Decision.run("--force train"));
  }

  /** Networks that start from nothing would have had the keys of a fresh attempt. */
  @Test
  void whatIsForcedIsOfNoFreshAttempt() throws IOException {
    make(plan());
    make(plan(PlanOptions.usual().withForced(Set.of(Stage.TRAIN))));

    assertThat(new Planner("2.18.0").latestAttempt(read(OFFICE), PlanOptions.usual(), 0)).isEmpty();
  }

  /** Of channels' masks in front of batch norm an earlier version made another network. */
  @Test
  void masksOfNormalisedChannelsHaveAFormatOfTheirOwn() {
    String channels = "methods.damtl.sparsity=channel";
    assertThat(formatOfDamtl()).isEqualTo(Stage.FORMAT);
    assertThat(formatOfDamtl(channels)).isEqualTo(Stage.FORMAT);
    assertThat(formatOfDamtl("backbone={name: vgg11, batchNorm: true}")).isEqualTo(Stage.FORMAT);
    assertThat(formatOfDamtl(channels, "backbone={name: vgg11, batchNorm: true}"))
        .isEqualTo(Stage.FORMAT_OF_NORMALISED_CHANNELS)
        .isNotEqualTo(Stage.FORMAT);
    assertThat(formatOfDamtl(channels, "backbone={name: resnet18}"))
        .isEqualTo(Stage.FORMAT_OF_NORMALISED_CHANNELS);
  }

  private int formatOfDamtl(String... overrides) {
    return plan(overrides).units().stream()
        .filter(unit -> unit.spec().method().equals("damtl"))
        .mapToInt(unit -> (int) unit.inputs().get("format"))
        .distinct()
        .sum();
  }

  @Test
  void aPointOfASweepCountsOnlyWhereItMatters() {
    Plan plan = plan("sweep={methods.mtal.threshold: [0.2, 0.4]}");

    assertThat(trials(plan, "pair", "mtal")).hasSize(4);
    assertThat(trials(plan, "pair", "mtal"))
        .extracting(trial -> trial.spec().point())
        .containsOnly(Map.of("methods.mtal.threshold", 0.2), Map.of("methods.mtal.threshold", 0.4));
    assertThat(trials(plan, "pair", "single-task"))
        .hasSize(2)
        .extracting(trial -> trial.spec().point())
        .containsOnly(Map.of());
  }

  @Test
  void aRunIsCalledWhatTheResultTableCallsItsPoint() {
    Plan plan =
        plan(
            "sweep={training.learningRate: [0.01], methods.mtal.threshold: [0.2], methods.mtal.training.learningRate: [0.02]}");

    assertThat(trials(plan, "pair", "mtal").get(0).run().name())
        .startsWith(
            "mtal · pair · threshold 0.2 · methods.mtal.training.learningRate 0.02 · training.learningRate 0.01 · ");
  }

  @Test
  void describesTheRunsOfATrial() {
    PlannedTrial trial =
        trials(plan(), "pair", "mtal").stream()
            .filter(candidate -> candidate.spec().repeat() == 2)
            .findFirst()
            .orElseThrow();
    String key = trial.evaluation().hex();

    assertThat(trial.run())
        .isEqualTo(
            new PlannedRun(
                "trial",
                "office",
                "office/" + key,
                "mtal · pair · 2",
                "runs/office/" + key,
                List.of(
                    "runs/office/" + key + "/header.jsonl",
                    "artifacts/train/" + trial.spec().units().get(0) + "/events.jsonl",
                    "artifacts/evaluate/" + key + "/events.jsonl",
                    "runs/office/" + key + "/outcome.jsonl")));
    assertThat(trial.parameters())
        .containsEntry("method", "mtal")
        .containsEntry("pick", "mutual")
        .containsEntry("training.learningRate", "0.02")
        .containsEntry("tasks.amazon.classes", "bike, mug")
        .containsEntry("tasks.webcam.split.salt", "twofold-2")
        .containsEntry("tasks.amazon.labelMap.mug", "cup")
        .containsEntry("coverage.webcam", "1 of 2");
  }

  /** What a search has looked at is left out of scores: it costs an evaluation and no training. */
  @Test
  void whatASearchHasLookedAtIsInTheKeysOfEvaluationsAlone() {
    make(plan());
    String searched = "split.searched={repeats: 2, validation: 0.25}";
    PlannedTrial evaluated = trials(plan(searched), "swapped", "mtal").get(0);
    make(
        new ArtifactStore(plan().workdir()),
        evaluated.evaluation(),
        evaluated.inputs(),
        plan().context());
    Plan plan = plan(searched);

    assertThat(plan.units())
        .extracting(unit -> unit.decision().action())
        .doesNotContain(Decision.Action.RUN);
    PlannedTrial trial = trials(plan, "pair", "mtal").get(0);
    assertThat(trial.decision()).isEqualTo(Decision.run("split.searched changed"));
    assertThat(trial.searched()).containsOnlyKeys("amazon", "webcam");
    assertThat(trial.searched().get("amazon")).hasSize(2);
    assertThat(trial.parameters())
        .containsEntry("tasks.amazon.searched.repeats", "2")
        .containsEntry("tasks.amazon.searched.validation", "0.25")
        .as("has no value")
        .doesNotContainKey("tasks.amazon.split.only");
  }

  @Test
  void reportsTheCoverageOfTheLabelMap() {
    assertThat(plan().coverage())
        .contains(new Coverage("pair", "amazon", 2, 2), new Coverage("pair", "webcam", 1, 2));
  }

  @Test
  void warnsWhenALabelMapThatIsReadCoversNothing() throws IOException {
    images("digits", "0", 3);
    images("digits", "1", 3);

    assertThat(
            plan(
                    "datasets.digits.source=" + root.resolve("digits"),
                    "groups={pair: {tasks: [amazon, digits]}}",
                    "methods.damtl.alignment=all")
                .warnings())
        .containsExactly(
            "Method damtl reads the label map, and no class of task digits in group pair is in it");
  }

  @Test
  void warnsWhereAnEpochIsNotTheSameForAllMethods() {
    assertThat(plan("training={epochs: 3}").warnings())
        .containsExactlyInAnyOrder(epochs("pair"), epochs("swapped"));
    assertThat(plan("training={steps: 30}").warnings()).isEmpty();
  }

  private static String epochs(String group) {
    return "In group "
        + group
        + " an epoch of mtal is a pass over the largest task, of single-task, single-task-scratch,"
        + " damtl a pass over each task alone: training.steps trains them alike";
  }

  @Test
  void warnsOnceOfEachLayerThatSharesNothing() {
    assertThat(plan("datasets.amazon.channels=1").warnings())
        .containsExactly(
            "Method mtal in group pair: conv1_1 shares nothing between tasks whose kernels differ"
                + " in size: amazon 9 weights; webcam 27 weights",
            "Method mtal in group swapped: conv1_1 shares nothing between tasks whose kernels"
                + " differ in size: webcam 27 weights; amazon 9 weights");
  }

  @Test
  void aPriorIsInTheKey() {
    assertThat(keys(plan("methods.mtal.groups=[[amazon, webcam]]"))).isNotEqualTo(keys(plan()));
  }

  @Test
  void aValidationCutIsOfTheTasksAndSaysSo() {
    Plan cut = plan("split.validation=0.25");

    assertThat(cut.units())
        .flatExtracting(unit -> unit.spec().tasks())
        .allSatisfy(task -> assertThat(task.split().validation()).isEqualTo(0.25));
    assertThat(pretrainings(cut)).isEqualTo(pretrainings(plan()));
    assertThat(cut.warnings())
        .containsExactly(
            "Accuracies are of a validation cut, 0.25 of the training images of amazon, webcam; no"
                + " test image is read");
  }

  /** Its validation images are training images of the source, which the network would train on. */
  @Test
  void aValidatedTaskOfASourceWithSplitsIsNoAuxiliaryTaskInAnotherWay() {
    assertThatThrownBy(
            () ->
                plan(
                    "datasets.val.source=" + root.resolve("tiny"),
                    "datasets.val.layout=split/class/file",
                    "datasets.val.split.validation=0.25",
                    "groups={pair: {tasks: [amazon, val]}}"))
        .hasMessageContaining("Cannot pre-train on dataset tiny");
  }

  private static List<UnitSpec> pretrainings(Plan plan) {
    return plan.pretrainings().stream().map(pretraining -> pretraining.unit().spec()).toList();
  }

  @Test
  void anAuxiliaryDatasetThatATaskReadsTooIsSplitAsTheTaskIsInEveryRepeat() {
    Plan plan = plan("auxiliary.datasets=[tiny, amazon]");

    assertThat(pretrainings(plan))
        .extracting(spec -> spec.tasks().get(0).splits())
        .as("tiny by its own splits, amazon as the task of the repeat")
        .containsExactly(
            List.of(split(Split.Mode.SOURCE, ""), split(Split.Mode.HASH, "twofold-1")),
            List.of(split(Split.Mode.SOURCE, ""), split(Split.Mode.HASH, "twofold-2")));
    assertThat(plan.pretrainings())
        .extracting(pretraining -> pretraining.run().name())
        .containsExactly("auxiliary network · 1", "auxiliary network · 2");
    for (int repeat : List.of(1, 2)) {
      String network = plan.pretrainings().get(repeat - 1).unit().key().hex();
      assertThat(plan.units())
          .filteredOn(unit -> unit.spec().seed() == Randomness.hash(1, "repeat", repeat))
          .filteredOn(unit -> unit.spec().auxiliary() != null)
          .isNotEmpty()
          .allSatisfy(unit -> assertThat(unit.spec().auxiliary()).isEqualTo(network));
    }
    assertThat(plan.coverage()).contains(new Coverage("pair", "amazon", 2, 2));
  }

  @Test
  void auxiliaryNetworksOfSeveralBackbonesHaveNamesOfTheirOwn() {
    assertThat(
            networks(
                plan(
                    "methods.mtal.backbone={name: vgg16}", "methods.damtl.backbone={vgg: [8, M]}")))
        .containsExactly(
            "auxiliary network · vgg 64-M-128-M-256-M-512-M-512-M",
            "auxiliary network · vgg16",
            "auxiliary network · vgg 8-M");
    assertThat(
            networks(
                plan("methods.mtal.backbone={name: vgg16}", "auxiliary.datasets=[tiny, amazon]")))
        .contains("auxiliary network · vgg16 · 1", "auxiliary network · vgg16 · 2")
        .doesNotHaveDuplicates();
  }

  /** Their settings may differ in any way, so the key has the last word. */
  @Test
  void auxiliaryNetworksOfOneBackboneAreToldApartByKey() {
    Plan plan = plan("sweep={auxiliary.seed: [1, 2]}");

    assertThat(plan.pretrainings())
        .hasSize(2)
        .allSatisfy(
            network ->
                assertThat(network.run().name())
                    .isEqualTo(
                        "auxiliary network · " + network.unit().key().hex().substring(0, 8)));
  }

  private static List<String> networks(Plan plan) {
    return plan.pretrainings().stream().map(network -> network.run().name()).toList();
  }

  /** The fraction means nothing to a source's own split, and the configuration has one anyway. */
  private static Split split(Split.Mode mode, String salt) {
    return new Split(mode, 0.3, salt, List.of(), null, null);
  }

  @Test
  void oneSplitForAllRepeatsNeedsOneAuxiliaryNetwork() {
    Plan plan = plan("auxiliary.datasets=[tiny, amazon]", "split.over=fixed");

    assertThat(plan.pretrainings())
        .singleElement()
        .returns("auxiliary network", pretraining -> pretraining.run().name());
  }

  @Test
  void aTaskOfTheSplitsThatTheAuxiliaryNetworkIsTestedOnSharesNoTrainingImage() {
    String val =
        "datasets.held-out={source: %s, layout: split/class/file, split: {mode: hash, only: [val]}}"
            .formatted(root.resolve("tiny"));
    Plan plan = plan(val, "groups.other={tasks: [amazon, held-out]}");

    assertThat(keys(plan)).containsAll(keys(plan()));
    assertThat(pretrainings(plan)).singleElement().isEqualTo(pretrainings(plan()).get(0));
  }

  @Test
  void warnsWhereOneTaskIsTestedOnWhatTrainsAnother() {
    String small = "datasets.small={source: %s, size: 16}".formatted(root.resolve("amazon"));
    String warning =
        "Tasks amazon and small of group two read the same source in two ways: images that test"
            + " one may train the other, which flatters joint methods (read one dataset in both,"
            + " or keep them apart by split.only)";

    assertThat(plan(small, "groups.two={tasks: [amazon, small]}").warnings()).contains(warning);
    assertThat(plan("groups.two={tasks: [amazon, {dataset: amazon, name: small}]}").warnings())
        .as("one split")
        .doesNotContain(warning);
    String searched =
        "datasets.seen={source: %s, split: {searched: {repeats: 1, validation: 0.5}}}"
            .formatted(root.resolve("amazon"));
    assertThat(plan(searched, "groups.two={tasks: [amazon, seen]}").warnings())
        .as("one split, whatever is in scores")
        .noneMatch(any -> any.contains("the same source"));
    assertThat(plan(small, "groups.two={tasks: [webcam, small]}").warnings())
        .noneMatch(any -> any.contains("the same source"));
  }

  @Test
  void refusesAnAuxiliaryDatasetThatCouldTrainOnWhatTestsATask() {
    String again = "datasets.again={source: %s, limit: 2}".formatted(root.resolve("amazon"));

    assertThatThrownBy(() -> plan(again, "auxiliary.datasets=[tiny, again]"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "Cannot pre-train on dataset again: images of it may test the tasks of dataset amazon,"
                + " which reads the same source in another way at --set auxiliary.datasets (name"
                + " dataset amazon here, or keep the two apart by split.only)");
  }

  @Test
  void whatIsStreamedHasTheLimitInItsKeyAndWhatIsHeldHasNot() {
    Set<String> held = keys(plan());

    assertThat(keys(plan("data.inMemory=1GB"))).as("amazon has 10 · 3 KB").isEqualTo(held);
    Plan streamed = plan("data.inMemory=20KB");
    assertThat(streamed.units())
        .flatExtracting(unit -> unit.spec().tasks())
        .allSatisfy(
            task ->
                assertThat(task.streamed())
                    .as(task.name())
                    .isEqualTo(task.name().equals("amazon") ? 20L << 10 : null));
    assertThat(keys(streamed)).isNotEqualTo(held).isNotEqualTo(keys(plan("data.inMemory=21KB")));
  }

  @Test
  void refusesClassesThatTheSourceLacks() {
    assertThatThrownBy(() -> plan("datasets.amazon.classes=[bike, mugs]"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "Unknown class `mugs` of dataset amazon at --set datasets.amazon.classes (did you mean"
                + " `mug`?)");
    assertThatThrownBy(() -> plan("datasets.amazon.labelMap={mug: cups}"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "Unknown class `cups` of the auxiliary task at --set datasets.amazon.labelMap (did you"
                + " mean `cup`?)");
  }

  @Test
  void refusesASplitOneSideOfWhichHasNoImage() {
    assertThatThrownBy(() -> plan("datasets.tiny.split.only=[train]"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "No image of dataset tiny would test with split.mode source and split.only [train] at"
                + " --set datasets.tiny.split.only (its source has 10 images in"
                + " train, 4 images in val)");
    assertThatThrownBy(() -> plan("datasets.tiny.split.only=[val, test]"))
        .hasMessageStartingWith("No image of dataset tiny would train with split.mode source");
    assertThatThrownBy(() -> plan("datasets.tiny.split={mode: hash, only: [test]}"))
        .hasMessageStartingWith(
            "No image of dataset tiny would be used with split.mode hash and split.only [test]");
    assertThat(
            plan("datasets.tiny.split={mode: source, only: [train], validation: 0.5}")
                .pretrainings())
        .hasSize(1);
  }

  @Test
  void aLabelFilesOwnSplitIsNeitherTakenNorDrawnAnewUnsaid() throws IOException {
    Path labels =
        Files.writeString(
            root.resolve("labels.csv"),
            "file,label,split\nbike/0.png,bike,train\nmug/0.png,mug,train\nmug/1.png,mug,test\n");
    String[] labelled = {"datasets.amazon.layout=labels", "datasets.amazon.labels=" + labels, ""};

    labelled[2] = "datasets.amazon.limit=9";
    assertThatThrownBy(() -> plan(labelled))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("Unclear split of dataset amazon: its labels have a column split")
        .hasMessageContaining(
            "(add split: {mode: source} to train and test by it, or {mode: hash}");
    labelled[2] = "datasets.amazon.split.mode=source";
    assertThat(plan(labelled).trials()).isNotEmpty();
    labelled[2] = "split.mode=hash";
    assertThat(plan(labelled).trials()).isNotEmpty();
  }

  @Test
  void refusesATaskWithNothingToTellApart() throws IOException {
    images("flat", "photos", 3);
    String flat = "datasets.flat={source: %s}".formatted(root.resolve("flat"));

    assertThatThrownBy(() -> plan(flat, "groups={pair: {tasks: [amazon, flat]}}"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "Too few classes of task flat in group pair: [photos] at --set groups (must be at least"
                + " two: name more in classes, or give its source a folder or label each)");
    assertThatThrownBy(() -> plan(flat, "auxiliary.datasets=[flat]"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("Too few classes of the auxiliary task: [photos]");
    assertThat(plan(flat, "auxiliary.datasets=[tiny, flat]").pretrainings())
        .as("joined with others, one class is a class more")
        .allSatisfy(
            pretraining ->
                assertThat(pretraining.unit().spec().tasks().get(0).classes()).contains("photos"));
  }

  @Test
  void aLabelMapsContentCountsAndNotItsPath() throws IOException {
    Files.writeString(root.resolve("one.tsv"), "mug\tbike\n");
    Files.writeString(root.resolve("two.csv"), "# a remark\nmug,bike\n");
    String all = "methods.damtl.alignment=all";

    assertThat(keys(plan(all, "datasets.amazon.labelMap=" + root.resolve("one.tsv"))))
        .isEqualTo(keys(plan(all, "datasets.amazon.labelMap=" + root.resolve("two.csv"))))
        .isEqualTo(keys(plan(all, "datasets.amazon.labelMap={mug: bike}")));
  }

  /** It is large, and every unit and every plan of a command would read it again. */
  @Test
  void aStartFileIsReadOnceAPlanner() throws IOException {
    Path weights = Files.writeString(root.resolve("start.npz"), "weights");
    String start = "methods={from-file: {method: single-task, start: file, file: %s}}";
    Experiment experiment = read(OFFICE, start.formatted(weights));
    Planner planner = new Planner("2.18.0");
    Set<String> keys = keys(planner.plan(experiment, PlanOptions.usual()));

    Files.writeString(weights, "others");
    assertThat(keys(planner.plan(experiment, PlanOptions.usual()))).isEqualTo(keys);
    assertThat(keys(new Planner("2.18.0").plan(experiment, PlanOptions.usual())))
        .isNotEqualTo(keys);
  }

  @Test
  void refusesUnknownClassesOfALabelMapWhereTheyAreWritten() throws IOException {
    Path labels = Files.writeString(root.resolve("map.tsv"), "mug\tcups\n\nbik\tbike\n");

    assertThatThrownBy(() -> plan("datasets.amazon.labelMap=" + labels))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "Unknown class `cups` of the auxiliary task at %s:1:1 (did you mean `cup`?)\n"
                    .formatted(labels)
                + "Unknown class `bik` of dataset amazon at %s:3:1 (did you mean `bike`?)"
                    .formatted(labels));
  }

  @Test
  void namesASourceThatIsNotThere() {
    assertThatThrownBy(() -> plan("datasets.webcam.source=no/such.zip"))
        .isInstanceOf(DataRefusedException.class)
        .hasMessageContaining("webcam")
        .hasMessageContaining("there is no such file or folder");
  }

  @Test
  void warnsOfWhatExportWillRefuse() {
    assertThat(plan("methods.mtal.similarity=change").warnings())
        .contains("Method mtal has similarity: change, which `export --merged` cannot merge");
    String channels = "methods.pruned={method: damtl, sparsity: channel, maskStep: rms}";
    assertThat(plan(channels, "backbone={name: resnet18, fullyConnected: [8]}").warnings())
        .noneMatch(warning -> warning.contains("export"));
  }

  /** They were let go by a run that kept none, and a server never gets them. */
  @Test
  void warnsWhereAnEvaluationThatIsReusedHasLoggedNoModel() throws IOException {
    Plan before = plan("keepModels=none");
    make(before);
    for (PlannedTrial trial : before.trials()) {
      boolean mtal = trial.spec().label().equals("mtal");
      Files.writeString(
          new ArtifactStore(before.workdir()).directory(trial.evaluation()).resolve("events.jsonl"),
          mtal ? "{\"event\":\"done\"}\n" : "{\"event\":\"model\"}\n{\"event\":\"done\"}\n");
    }

    assertThat(plan("keepModels=none").warnings()).isEmpty();
    assertThat(plan("keepModels=first").warnings())
        .containsExactly(
            "Evaluated for a run that kept no models, and reused without them: mtal · pair · 1,"
                + " mtal · swapped · 1 (without their folders in artifacts/evaluate, whose keys"
                + " `plan --json` has, they are evaluated again, with models)");
    assertThat(plan("keepModels=all").warnings())
        .singleElement()
        .asString()
        .contains("mtal · pair · 1, mtal · pair · 2, mtal · swapped · 1 and 1 more (");
    assertThat(
            plan(PlanOptions.usual().withForced(Set.of(Stage.EVALUATE)), "keepModels=all")
                .warnings())
        .isEmpty();
  }

  /** As `export` and `predict` say of networks that were deleted. */
  @Test
  void aForcedEvaluationMakesTheNetworksThatItLacks() throws IOException {
    Plan before = plan();
    make(before);
    DurableFiles.deleteTree(root.resolve("work/artifacts/train"));

    Plan forced = plan(PlanOptions.usual().withForced(Set.of(Stage.EVALUATE)));

    assertThat(forced.units())
        .extracting(PlannedUnit::key)
        .containsExactlyInAnyOrderElementsOf(
            before.units().stream().map(PlannedUnit::key).toList());
    assertThat(forced.units())
        .extracting(unit -> unit.decision().action())
        .containsOnly(Decision.Action.RUN);
  }

  @Test
  void whatIsIngestedNeedsItsSourceNoMore() throws IOException {
    Plan before = plan();
    DurableFiles.deleteTree(root.resolve("webcam"));
    assertThatThrownBy(this::plan)
        .isInstanceOf(DataRefusedException.class)
        .hasMessageContaining("webcam: there is no such file or folder");
    make(before);

    Plan after = plan();

    assertThat(keys(after)).isEqualTo(keys(before));
    assertThat(after.warnings())
        .contains(
            "%s of dataset webcam is not there: its images are those that were read from it"
                .formatted(root.resolve("webcam")));
    DurableFiles.deleteTree(
        new ArtifactStore(before.workdir())
            .directory(
                before.datasets().stream()
                    .filter(dataset -> dataset.names().contains("webcam"))
                    .findFirst()
                    .orElseThrow()
                    .key()));
    assertThat(plan().warnings()).as("no trial needs it").noneMatch(all -> all.contains("webcam"));
    assertThatThrownBy(() -> plan("datasets.webcam.limit=3"))
        .isInstanceOf(DataRefusedException.class)
        .hasMessageContaining("webcam: there is no such file or folder");
  }

  /** Though all of its trials are there; as its making would be. */
  @Test
  void refusesADatasetThatHasLostMoreThanIsAllowed() {
    Plan before = plan("data.maxDeadLetters=0.5");
    make(before);
    PlannedDataset amazon = before.datasets().get(0);
    ingest(new ArtifactStore(before.workdir()), amazon, 2);

    assertThatThrownBy(this::plan)
        .isInstanceOf(DataRefusedException.class)
        .hasMessage(
            "Cannot use dataset amazon: 2 of its 10 images are lost, more than data.maxDeadLetters 0.01"
                + " allows (bike/0.png: truncated; bike/0.png: truncated). Repair the source %s, or"
                    .formatted(root.resolve("amazon"))
                + " raise data.maxDeadLetters");
    assertThat(plan("data.maxDeadLetters=0.2").isComplete()).isTrue();
  }

  @Test
  void aSourceIsReadOnceForAPlan() throws IOException {
    SweepPoint point = read(OFFICE).points().get(0);
    DatasetPlanner planner = new DatasetPlanner(root.resolve("work"));
    DatasetPlanner.Listed listed = planner.list(point, "amazon");
    String source = listed.source();
    images("amazon", "mug", 7);

    assertThat(listed.source()).isEqualTo(source);
    assertThat(planner.list(point, "amazon")).isEqualTo(listed);
    assertThat(new DatasetPlanner(root.resolve("work")).list(point, "amazon").source())
        .as("another plan")
        .isNotEqualTo(source);
  }

  /** Of a folder that is a walk through all of it, and a hash of each file that has changed. */
  @Test
  void aSourceIsReadOnceAtAllSizesAndForAllItsUses() throws IOException {
    DatasetPlanner planner = new DatasetPlanner(root.resolve("work"));
    DatasetPlanner.Listed first = planner.list(read(OFFICE).points().get(0), "amazon");
    images("amazon", "mug", 7);

    for (String use :
        List.of(
            "datasets.amazon.size=16",
            "datasets.amazon.fit=crop",
            "datasets.amazon.limit=5",
            "datasets.amazon.classes=[bike, mug]",
            "data.maxDeadLetters=0.5")) {
      DatasetPlanner.Listed listed = planner.list(read(OFFICE, use).points().get(0), "amazon");
      assertThat(listed.source()).as(use).isEqualTo(first.source());
      assertThat(listed.all()).as(use).isEqualTo(Map.of("bike", 4, "mug", 6));
    }
    String again = "datasets.webcam.source=" + root.resolve("amazon");
    assertThat(planner.list(read(OFFICE, again).points().get(0), "webcam").source())
        .as("under another name")
        .isEqualTo(first.source());
  }

  /** As those that {@code --fresh} makes to find its attempt. */
  @Test
  void aSourceIsReadOnceForAllPlansOfACommand() throws IOException {
    Planner command = new Planner("2.18.0");
    Plan first = command.plan(read(OFFICE), PlanOptions.usual());
    images("webcam", "bike", 4);

    assertThat(keys(command.plan(read(OFFICE), PlanOptions.usual()))).isEqualTo(keys(first));
    assertThat(keys(plan())).as("another command").isNotEqualTo(keys(first));
  }

  @Test
  void refusesTwoClassesOfOneNameWhereItIsChosen() throws IOException {
    images("amazon", "lamp", 2);
    images("amazon", "n01", 2);
    String names =
        "datasets.amazon.classNames=" + Files.writeString(root.resolve("names.tsv"), "n01\tlamp\n");

    assertThat(plan(names, "datasets.amazon.classes=[bike, mug]").datasets().get(0).counts())
        .isEqualTo(Map.of("bike", 4, "mug", 6));
    for (String chosen : List.of("repeats=2", "datasets.amazon.classes=[bike, mug, lamp]")) {
      assertThatThrownBy(() -> plan(names, chosen))
          .as(chosen)
          .isInstanceOf(DataRefusedException.class)
          .hasMessage(
              "Cannot read dataset amazon: its classes lamp and n01 would both be named lamp (give"
                  + " one of them another name in its class names)");
    }
  }

  @Test
  void countsOnceWhatSeveralPlansShare() {
    Plan plan = plan();
    Plan other = plan("methods.mtal.threshold=0.5");

    assertThat(PlanPrinter.total(List.of(plan, other)))
        .as("1 pre-training, 12 units a task alone, 2 × 4 of mtal")
        .startsWith("In all: 2 configurations, 32 trials; to train: 21 units, ");
  }

  @Test
  void printsWhatHappensAndWhy() {
    make(plan());
    String text = PlanPrinter.text(plan("methods.mtal.threshold=0.5"));
    assertThat(PlanPrinter.text(plan(PlanOptions.usual().withAttempt(3))))
        .startsWith("office, fresh attempt 3 in ");

    assertThat(text)
        .startsWith("office in ")
        .containsPattern("reuse  [0-9a-f]{8}  amazon: 2 classes, 10 images of 32x32  made ")
        .contains(
            "  run    2 ×  mtal from auxiliary on amazon + webcam  settings.threshold 0.4 → 0.5\n")
        .contains("  run    2 ×  pair · mtal  settings.threshold 0.4 → 0.5\n")
        .contains("  pair · webcam: 1 of 2\n")
        .contains("To do: 0 of 3 datasets, 0 of 1 pre-trainings, 4 of 16 units, 4 of 16 trials");
  }
}
