package dev.twofold.transforms.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.twofold.models.Batch;
import dev.twofold.models.BatchSource;
import dev.twofold.models.GraphMethod;
import dev.twofold.models.ImageShape;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.methods.Mtal;
import dev.twofold.models.methods.MtalSettings;
import dev.twofold.models.methods.SingleTask;
import dev.twofold.models.training.Start;
import dev.twofold.models.training.TaskData;
import dev.twofold.models.training.TrainedUnit;
import dev.twofold.models.training.Trainer;
import dev.twofold.models.training.TrainingObserver;
import dev.twofold.models.training.TrainingSettings;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.training.PriorSearch.Found;
import dev.twofold.transforms.training.PriorSearch.Pair;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PriorSearchTest {
  private static final ImageShape SHAPE = new ImageShape(8, 8, 3);

  @TempDir Path workdir;

  private List<TaskSpec> tasks;
  private List<TaskData> data;

  @BeforeEach
  void ingest() throws Exception {
    tasks = TestTasks.two(workdir, SHAPE);
    TaskSources sources = new TaskSources(new ArtifactStore(workdir), 1 << 20);
    data = tasks.stream().map(sources::open).toList();
  }

  @Test
  void groupsAreTheTasksThatPairsWithAGainConnect() {
    List<Pair> pairs =
        List.of(
            new Pair("a", "b", .02),
            new Pair("a", "c", -.01),
            new Pair("b", "d", .001),
            new Pair("c", "e", 0),
            new Pair("d", "e", Double.NaN));

    assertThat(Found.of(List.of("a", "b", "c", "d", "e"), pairs, 0).groups())
        .containsExactly(List.of("a", "b", "d"), List.of("c"), List.of("e"));
  }

  /** Or a fold would be tested on images that it was trained on. */
  @Test
  void anImageThatIsThereTwiceIsInOneFold() {
    TaskData once = data.get(0);
    TaskData twice =
        new TaskData(
            new JoinedBatchSource(
                once.training().task(), List.of(once.training(), once.training()), false),
            once.test(),
            once.augmentation(),
            once.labelMap());
    for (int fold = 0; fold < Mtal.FOLDS; fold++) {
      TaskData cut = Fold.of(twice, fold, Mtal.FOLDS, 1);
      assertThat(cut.training().size() + cut.test().size()).isEqualTo(28);
      assertThat(contents(cut.test())).doesNotContainAnyElementsOf(contents(cut.training()));
    }
  }

  private static Set<String> contents(BatchSource source) {
    Set<String> contents = new HashSet<>();
    for (int i = 0; i < source.size(); i++) {
      contents.add(Arrays.toString(source.inOrder(i, i + 1).pixels()));
    }
    return contents;
  }

  @Test
  void everyTrainingImageIsHeldOutOnceAndEveryClassEvenly() {
    Set<String> heldOut = new HashSet<>();
    for (int fold = 0; fold < Mtal.FOLDS; fold++) {
      TaskData cut = Fold.of(data.get(0), fold, Mtal.FOLDS, 1);
      assertThat(cut.training().size() + cut.test().size()).isEqualTo(14);
      int[] labels = cut.test().inOrder(0, cut.test().size()).labels();
      assertThat(IntStream.of(labels).sum()).as("of 7 images of each class").isBetween(2, 3);
      heldOut.addAll(contents(cut.test()));
    }
    assertThat(heldOut).as("distinct images").hasSize(14);
  }

  /** In any other order a batch would read a row group for each of its images. */
  @Test
  void aFoldOfAStreamedTaskTakesItsImagesInTheOrderOfTheTasksPass() {
    TaskSpec spec = tasks.get(0);
    TaskData streamed =
        new TaskSources(new ArtifactStore(workdir), 1 << 20)
            .open(
                new TaskSpec(
                    spec.name(),
                    spec.datasets(),
                    spec.classes(),
                    spec.split(),
                    spec.augment(),
                    spec.labelMap(),
                    null,
                    960L));
    List<String> pass = images(streamed.training().shuffled(7, 3, 0, 14));
    for (int fold = 0; fold < Mtal.FOLDS; fold++) {
      BatchSource training = Fold.of(streamed, fold, Mtal.FOLDS, 1).training();
      List<String> first = images(training.shuffled(7, 3, 0, 4));
      List<String> all = images(training.shuffled(7, 3, 0, training.size()));
      assertThat(pass).containsSubsequence(all);
      assertThat(all).doesNotHaveDuplicates().startsWith(first.toArray(String[]::new));
      assertThat(images(training.shuffled(7, 4, 0, training.size())))
          .isNotEqualTo(all)
          .containsExactlyInAnyOrderElementsOf(all);
    }
  }

  private static List<String> images(Batch batch) {
    int size = SHAPE.size();
    return IntStream.range(0, batch.size())
        .mapToObj(
            i -> Arrays.toString(Arrays.copyOfRange(batch.pixels(), i * size, (i + 1) * size)))
        .toList();
  }

  @Test
  void aPairsGainIsItsAccuracyLessThatOfSingleTasks() throws Exception {
    Trainer.Unit unit = TrainerUnits.of(unit("auto"), new ArtifactStore(workdir));
    Found found =
        new PriorSearch(unit, settings(), data, new TrainingObserver() {}).find().orElseThrow();

    double gain = 0;
    for (int fold = 0; fold < Mtal.FOLDS; fold++) {
      TaskData first = Fold.of(data.get(0), fold, Mtal.FOLDS, unit.seed());
      TaskData second = Fold.of(data.get(1), fold, Mtal.FOLDS, unit.seed());
      gain +=
          accuracies(unit, new Mtal(settings()), List.of(first, second))
              - accuracies(unit, new SingleTask(), List.of(first))
              - accuracies(unit, new SingleTask(), List.of(second));
    }
    assertThat(found.pairs()).hasSize(1);
    assertThat(found.pairs().get(0).gain()).isCloseTo(gain / (2 * Mtal.FOLDS), within(1e-12));
  }

  private static double accuracies(Trainer.Unit unit, GraphMethod method, List<TaskData> tasks) {
    try (Trainer trainer = new Trainer(unit.with(method), tasks, new TrainingObserver() {})) {
      TrainedUnit trained = trainer.train(Optional.empty());
      return tasks.stream()
          .mapToDouble(task -> trained.metrics().get("accuracy/" + task.name()))
          .sum();
    }
  }

  /** The search leaves nothing in the training but the groups. */
  @Test
  void aUnitTrainsAsWithTheGroupsThatItFinds() throws Exception {
    Path auto = trained(unit("auto"));
    Found found =
        TrainingJson.MAPPER.readValue(
            Files.readAllBytes(auto.resolve(UnitFiles.PRIOR)), Found.class);
    Path given = trained(unit(found.groups()));

    assertThat(auto.resolve(UnitFiles.WEIGHTS))
        .hasSameBinaryContentAs(given.resolve(UnitFiles.WEIGHTS));
    assertThat(given.resolve(UnitFiles.PRIOR)).doesNotExist();
    assertThat(Files.readString(auto.resolve(UnitFiles.EVENTS)))
        .contains("\"name\":\"groups.found\"", "\"name\":\"prior_gain/first with second\"");
  }

  @Test
  void aSearchThatIsStoppedBeginsAgain() throws Exception {
    ModelRequest.Train train = train(unit("auto"));
    Path directory = new ArtifactStore(workdir).directory(train.stageKey());
    ModelRequest request = ModelRequest.toTrain(workdir.toString(), 1 << 20, train);

    assertThat(new UnitTraining(request).run(() -> true, null)).isFalse();
    assertThat(directory.resolve(UnitFiles.PRIOR)).doesNotExist();
    assertThat(new UnitTraining(request).run(() -> false, null)).isTrue();
    assertThat(directory.resolve(UnitFiles.PRIOR)).exists();
  }

  private Path trained(UnitSpec unit) throws Exception {
    ModelRequest.Train train = train(unit);
    ModelRequest request = ModelRequest.toTrain(workdir.toString(), 1 << 20, train);
    assertThat(new UnitTraining(request).run(() -> false, null)).isTrue();
    return new ArtifactStore(workdir).directory(train.stageKey());
  }

  private static ModelRequest.Train train(UnitSpec unit) {
    JsonNode inputs = TrainingJson.MAPPER.valueToTree(unit.settings());
    return new ModelRequest.Train(StageKey.of("train", inputs).hex(), unit, inputs, inputs);
  }

  private static MtalSettings settings() {
    return new MtalSettings(
        .2, .75, .25, MtalSettings.Pick.MUTUAL, MtalSettings.Similarity.KERNEL, false, 1, null);
  }

  /**
   * MTAL from scratch, with one network for both tasks to start from, so that kernels are alike.
   */
  private UnitSpec unit(Object groups) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("threshold", .2);
    settings.put("alpha", .75);
    settings.put("beta", .25);
    settings.put("pick", "mutual");
    settings.put("similarity", "kernel");
    settings.put("within", false);
    settings.put("refresh", 1);
    settings.put("groups", groups);
    ObjectNode training = TrainingJson.MAPPER.valueToTree(TrainingSettings.tuned());
    training.put("steps", 6).put("batch", 4);
    return new UnitSpec(
        "train",
        "mtal",
        settings,
        new BackboneSettings(null, List.of("4", "M"), List.of(), false),
        new Start(Start.From.SCRATCH, Start.ScratchSeed.SHARED, Start.HeadStart.RANDOM, null),
        null,
        tasks,
        TrainingJson.read(training, TrainingSettings.class),
        1,
        1);
  }
}
