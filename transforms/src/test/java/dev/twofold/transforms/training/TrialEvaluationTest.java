package dev.twofold.transforms.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Task;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.Npz;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import dev.twofold.models.training.Start;
import dev.twofold.models.training.TrainingSettings;
import dev.twofold.models.training.TrainingSettings.EpochLength;
import dev.twofold.models.training.TrainingSettings.Optimizer;
import dev.twofold.models.training.TrainingSettings.Precision;
import dev.twofold.models.training.TrainingSettings.Reduction;
import dev.twofold.models.training.TrainingSettings.Schedule;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.evaluation.TrialEvaluation;
import dev.twofold.transforms.parquet.ParquetBatchSource;
import dev.twofold.transforms.parquet.PredictionsReader;
import dev.twofold.transforms.parquet.PredictionsReader.Prediction;
import dev.twofold.transforms.parquet.Side;
import dev.twofold.transforms.parquet.Split;
import dev.twofold.transforms.sources.DataRefusedException;
import dev.twofold.transforms.training.TrialResult.ClassResult;
import dev.twofold.transforms.training.TrialResult.TaskResult;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which images are in a trial's scores, and which trials have activation maps, from units that are
 * really trained.
 */
class TrialEvaluationTest {
  private static final ImageShape SHAPE = new ImageShape(4, 4, 3);
  private static final int TWIN = 0xff235f96;
  private static final int OTHER = 0xffcc5528;
  private static final int NONE = 0xffc4cbd2;

  @TempDir private static Path workdir;
  private static List<TaskSpec> tasks;
  private static ModelRequest.Train mtal;
  private static ModelRequest.Train multiTask;

  @BeforeAll
  static void train() throws Exception {
    tasks = TestTasks.two(workdir, SHAPE);
    mtal =
        trained(
            "mtal",
            Map.of(
                "threshold",
                0.1,
                "alpha",
                0.75,
                "beta",
                0.25,
                "pick",
                "mutual",
                "similarity",
                "kernel",
                "within",
                false,
                "refresh",
                1));
    multiTask = trained("multi-task", Map.of());
  }

  private static ModelRequest.Train trained(String method, Map<String, Object> settings)
      throws Exception {
    UnitSpec unit =
        new UnitSpec(
            "train",
            method,
            settings,
            new BackboneSettings(null, List.of("4", "M", "6"), List.of(8), false),
            new Start(Start.From.SCRATCH, Start.ScratchSeed.PER_TASK, Start.HeadStart.RANDOM, null),
            null,
            tasks,
            new TrainingSettings(
                Optimizer.SGD,
                0.02,
                0.9,
                Schedule.COSINE,
                5e-4,
                0,
                Reduction.MEAN,
                5,
                0,
                4,
                null,
                2,
                EpochLength.MAX,
                Precision.FLOAT32),
            1,
            1);
    JsonNode inputs = TrainingJson.MAPPER.valueToTree(Map.of("made", method));
    StageKey key = StageKey.of("train", inputs);
    ModelRequest.Train train = new ModelRequest.Train(key.hex(), unit, inputs, inputs);
    ModelRequest request = ModelRequest.toTrain(workdir.toString(), 1 << 20, train);
    assertThat(new UnitTraining(request).run(() -> false, null)).isTrue();
    return train;
  }

  @Test
  void aKeptTrialOfMtalHasThemOfTwoLayers() throws Exception {
    Path evaluation = evaluated("kept", mtal, true);

    assertThat(figures(evaluation))
        .containsEntry("activation/conv1_1", "activation-conv1_1.png")
        .containsEntry("activation/conv2_1", "activation-conv2_1.png");
    assertThat(new ArtifactStore(workdir).find(key("kept")).orElseThrow().files())
        .extracting(file -> file.path())
        .contains("activation-conv1_1.png", "activation-conv2_1.png");
    Weights partners = Npz.read(directory(mtal).resolve("details.npz"));
    for (String layer : List.of("conv1_1", "conv2_1")) {
      BufferedImage figure = figure(evaluation, layer);
      int twins = kernels(partners, layer, true, false) + kernels(partners, layer, true, true);
      int others = kernels(partners, layer, false, true);
      int none = kernels(partners, layer, false, false);
      int frame = 70 * 70 - 64 * 64;
      assertThat(twins + others + none).isEqualTo(layer.equals("conv1_1") ? 8 : 12);
      assertThat(count(figure, TWIN)).as("twins of " + layer).isEqualTo(twins * frame + 13 * 13);
      assertThat(count(figure, OTHER)).as("others of " + layer).isEqualTo(others * frame + 13 * 13);
      assertThat(count(figure, NONE)).as("none of " + layer).isEqualTo(none * frame + 13 * 13);
    }
    assertThat(kernels(partners, "conv1_1", false, true)).as("some share").isPositive();
  }

  /** One from before trainings kept their partners. */
  @Test
  void aTrialWhoseModelGoesHasNone() throws Exception {
    assertThat(figures(evaluated("let go", mtal, false)).keySet())
        .noneMatch(name -> name.startsWith("activation"));
  }

  @Test
  void aTrialOfAnotherMethodHasNone() throws Exception {
    assertThat(directory(multiTask).resolve("details.npz")).doesNotExist();
    assertThat(figures(evaluated("other", multiTask, true)).keySet())
        .noneMatch(name -> name.startsWith("activation"));
  }

  @Test
  void aTrialHasItsConfusionsAndWhatIsWrong() throws Exception {
    Set<String> expected = new HashSet<>(Set.of("confusion/first", "confusion/second"));
    Path evaluation = evaluated("figures", mtal, false);
    for (String task : List.of("first", "second")) {
      if (predictions(evaluation, task).stream()
          .anyMatch(each -> !each.truth().equals(each.predicted()))) {
        expected.add("wrong/" + task);
      }
    }
    assertThat(expected).as("something is wrong after two steps").hasSizeGreaterThan(2);
    assertThat(figures(evaluation)).containsOnlyKeys(expected);
  }

  @Test
  void imagesThatASearchHasLookedAtAreInNoScore() throws Exception {
    List<Split> searches = List.of(search("one"), search("two"));
    Path whole = evaluated("whole", multiTask, false);
    Path apart = evaluated("apart", multiTask, false, Map.of("first", searches));

    List<Prediction> all = predictions(whole, "first");
    Set<String> seen = new HashSet<>();
    for (Split search : searches) {
      seen.addAll(ids(search));
    }
    List<Prediction> unseen =
        all.stream().filter(prediction -> !seen.contains(prediction.id())).toList();
    assertThat(unseen).isNotEmpty().hasSizeLessThan(all.size());
    assertThat(predictions(apart, "first")).usingRecursiveComparison().isEqualTo(unseen);
    assertThat(predictions(apart, "second"))
        .usingRecursiveComparison()
        .isEqualTo(predictions(whole, "second"));
    TaskResult result = result(apart).tasks().get("first");
    assertThat(result.classes().stream().mapToInt(ClassResult::support).sum())
        .isEqualTo(unseen.size());
    assertThat(result.accuracy())
        .isEqualTo(
            unseen.stream().filter(each -> each.truth().equals(each.predicted())).count()
                / (double) unseen.size());
  }

  @Test
  void aTrialWithoutAnUnseenImageIsRefused() {
    List<Split> all = List.of(new Split(Split.Mode.HASH, 0, "s", List.of(), .99, null));

    assertThatThrownBy(() -> evaluated("none", multiTask, false, Map.of("second", all)))
        .isInstanceOf(DataRefusedException.class)
        .hasMessage(
            "Cannot use task second: it has no image on the test side, split by split.test 0.3,"
                + " without what split.searched leaves out (give it more images or classes, or"
                + " another split)");
  }

  private static Split search(String salt) {
    return new Split(Split.Mode.HASH, .3, salt, List.of(), .3, null);
  }

  /** Of the images of task {@code first} that a search has chosen by. */
  private static List<String> ids(Split search) {
    TaskSpec spec = tasks.get(0);
    Path dataset =
        new ArtifactStore(workdir).directory(new StageKey("ingest", spec.datasets().get(0)));
    Task task = new Task(spec.name(), SHAPE, spec.classes());
    try (ParquetBatchSource images = ParquetBatchSource.open(dataset, task, Side.TEST, search)) {
      return IntStream.range(0, images.size()).mapToObj(images::id).toList();
    }
  }

  private static List<Prediction> predictions(Path evaluation, String task) throws IOException {
    return PredictionsReader.read(evaluation.resolve("predictions-" + task + ".parquet"));
  }

  private static TrialResult result(Path evaluation) throws IOException {
    return TrainingJson.MAPPER.readValue(
        evaluation.resolve("result.json").toFile(), TrialResult.class);
  }

  private static StageKey key(String name) {
    return StageKey.of("evaluate", inputs(name));
  }

  private static JsonNode inputs(String name) {
    return TrainingJson.MAPPER.valueToTree(Map.of("evaluated", name));
  }

  private static Path evaluated(String name, ModelRequest.Train unit, boolean kept)
      throws IOException {
    return evaluated(name, unit, kept, Map.of());
  }

  private static Path evaluated(
      String name, ModelRequest.Train unit, boolean kept, Map<String, List<Split>> searched)
      throws IOException {
    JsonNode inputs = inputs(name);
    ModelRequest.Evaluate trial =
        new ModelRequest.Evaluate(key(name).hex(), List.of(unit), searched, inputs, inputs, kept);
    ModelRequest request = ModelRequest.toEvaluate(workdir.toString(), 1 << 20, List.of(trial));
    new TrialEvaluation(request, trial).run();
    return new ArtifactStore(workdir).directory(key(name));
  }

  private static Path directory(ModelRequest.Train unit) {
    return new ArtifactStore(workdir).directory(unit.stageKey());
  }

  /** Path by name of each figure in the log. */
  private static Map<String, String> figures(Path evaluation) throws IOException {
    Map<String, String> figures = new TreeMap<>();
    for (String line : Files.readAllLines(evaluation.resolve("events.jsonl"))) {
      JsonNode event = TrainingJson.MAPPER.readTree(line);
      if (event.path("event").asText().equals("figure")) {
        figures.put(event.path("name").asText(), event.path("path").asText());
      }
    }
    return figures;
  }

  private static BufferedImage figure(Path evaluation, String layer) throws IOException {
    return ImageIO.read(evaluation.resolve("activation-%s.png".formatted(layer)).toFile());
  }

  /** Kernels of both tasks with a twin, or none, and with other partners, or none. */
  private static int kernels(Weights partners, String layer, boolean twin, boolean other) {
    int kernels = 0;
    for (String task : List.of("first", "second")) {
      Weight counts = partners.get(task + "/" + layer);
      for (int i = 0; i < counts.values().length; i += 2) {
        boolean hasTwin = counts.values()[i] > 0;
        boolean hasOther = counts.values()[i + 1] > 0;
        kernels += hasTwin == twin && hasOther == other ? 1 : 0;
      }
    }
    return kernels;
  }

  private static long count(BufferedImage image, int colour) {
    return IntStream.range(0, image.getWidth() * image.getHeight())
        .filter(i -> image.getRGB(i % image.getWidth(), i / image.getWidth()) == colour)
        .count();
  }
}
