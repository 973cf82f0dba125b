package dev.twofold.models.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.twofold.models.ImageShape;
import dev.twofold.models.Task;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ColumnStartTest {
  private static final Normalisation COLOUR =
      new Normalisation(new float[] {0.1f, 0.2f, 0.3f}, new float[] {1, 2, 3});
  private static final Normalisation GREY =
      new Normalisation(new float[] {0.9f}, new float[] {0.8f});

  private static Start start(Start.From from, Start.HeadStart head) {
    return new Start(
        from, Start.ScratchSeed.PER_TASK, head, from == Start.From.FILE ? "weights.npz" : null);
  }

  private static ColumnStart auxiliary(Weights weights, Start.HeadStart head) {
    Task task = new Task("big", new ImageShape(4, 4, 3), List.of("ant", "bee", "cat"));
    return new ColumnStart(
        start(Start.From.AUXILIARY, head),
        Optional.of(new Auxiliary(task, weights)),
        Optional.empty(),
        7);
  }

  private static ColumnStart file(Weights weights) {
    return new ColumnStart(
        start(Start.From.FILE, Start.HeadStart.RANDOM), Optional.empty(), Optional.of(weights), 7);
  }

  private static ColumnStart scratch(Start.ScratchSeed seed) {
    return new ColumnStart(
        new Start(Start.From.SCRATCH, seed, Start.HeadStart.RANDOM, null),
        Optional.empty(),
        Optional.empty(),
        7);
  }

  private static Weights weights(String name, long[] shape, float... values) {
    Weights weights = new Weights();
    weights.put("input/mean", new Weight(new long[] {3}, new float[] {0.4f, 0.5f, 0.6f}));
    weights.put("input/deviation", new Weight(new long[] {3}, new float[] {0.2f, 0.3f, 0.4f}));
    weights.put(name, new Weight(shape, values));
    return weights;
  }

  private static float[] column(ColumnStart start, String name, long... shape) {
    return start.column("task", Map.of(name, shape), COLOUR, Map.of()).get(name).values();
  }

  @Test
  void aGreyColumnsFirstKernelsAreTheColourOnesSummed() {
    Weights colour =
        weights("conv1_1/kernel", new long[] {1, 2, 3, 2}, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);

    assertThat(column(auxiliary(colour, Start.HeadStart.RANDOM), "conv1_1/kernel", 1, 2, 1, 2))
        .as("1+3+5, 2+4+6; 7+9+11, 8+10+12")
        .containsExactly(9, 12, 27, 30);
  }

  @Test
  void aColumnIsACopy() {
    Weights weights = weights("conv1_1/bias", new long[] {2}, 1, 2);
    float[] copy = column(auxiliary(weights, Start.HeadStart.RANDOM), "conv1_1/bias", 2);
    copy[0] = 5;

    assertThat(weights.get("conv1_1/bias").values()).containsExactly(1, 2);
  }

  @Test
  void columnsFromTheAuxiliaryNetworkNormaliseAsItDoes() {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    shapes.put("input/mean", new long[] {1});
    shapes.put("input/deviation", new long[] {1});
    Weights column =
        auxiliary(weights("conv1_1/bias", new long[] {1}, 0), Start.HeadStart.RANDOM)
            .column("task", shapes, GREY, Map.of());

    assertThat(column.get("input/mean").values())
        .as("mean of .4, .5, .6")
        .containsExactly(new float[] {0.5f}, within(1e-6f));
    assertThat(column.get("input/deviation").values())
        .as("mean of .2, .3, .4")
        .containsExactly(new float[] {0.3f}, within(1e-6f));
  }

  /** Multi-task's trunk has colour kernels; grey images are replicated to them. */
  @Test
  void colourColumnsOfGreyTasksNormaliseAsTheAuxiliaryNetworkDoes() {
    Weights column =
        auxiliary(weights("conv1_1/bias", new long[] {1}, 0), Start.HeadStart.RANDOM)
            .column("task", Map.of("input/mean", new long[] {3}), GREY, Map.of());

    assertThat(column.get("input/mean").values()).containsExactly(0.4f, 0.5f, 0.6f);
  }

  @Test
  void columnsFromScratchNormaliseByTheirOwnTrainingSide() {
    assertThat(column(scratch(Start.ScratchSeed.PER_TASK), "input/deviation", 3))
        .containsExactly(1, 2, 3);
  }

  /** Labels 0 → 2 and 1 → 0; label 2 is not covered. */
  @Test
  void headsMayTakeTheAuxiliaryHeadsColumns() {
    Weights weights = weights("head/kernel", new long[] {2, 3}, 1, 2, 3, 4, 5, 6);
    Map<Integer, Integer> labels = Map.of(0, 2, 1, 0);
    Map<String, long[]> shapes = Map.of("head/kernel", new long[] {2, 3});
    float[] mapped =
        auxiliary(weights, Start.HeadStart.LABEL_MAP)
            .column("task", shapes, COLOUR, labels)
            .get("head/kernel")
            .values();
    float[] random =
        auxiliary(weights, Start.HeadStart.RANDOM)
            .column("task", shapes, COLOUR, labels)
            .get("head/kernel")
            .values();

    assertThat(mapped).containsExactly(3, 1, random[2], 6, 4, random[5]);
    assertThat(random).doesNotContain(1, 3, 4, 6);
  }

  /** He et al.: 2/fan-in before a ReLU; 30,000 draws know their deviation to half a per cent. */
  @Test
  void scratchKernelsAreHeNormalAndBiasesZero() {
    ColumnStart start = scratch(Start.ScratchSeed.PER_TASK);
    float[] kernel = column(start, "fc1/kernel", 100, 300);
    float[] head = column(start, "head/kernel", 100, 300);

    assertThat(deviation(kernel)).isCloseTo(Math.sqrt(2.0 / 100), within(0.003));
    assertThat(deviation(head)).isCloseTo(Math.sqrt(1.0 / 100), within(0.003));
    assertThat(column(start, "fc1/bias", 2)).containsExactly(0, 0);
    assertThat(column(start, "conv1_1/gamma", 2)).containsExactly(1, 1);
    assertThat(column(start, "conv1_1/beta", 2)).containsExactly(0, 0);
    assertThat(column(start, "conv1_1/mean", 2)).containsExactly(0, 0);
    assertThat(column(start, "conv1_1/variance", 2)).containsExactly(1, 1);
  }

  private static double deviation(float[] x) {
    double squares = 0;
    for (float value : x) {
      squares += (double) value * value / x.length;
    }
    return Math.sqrt(squares);
  }

  @Test
  void scratchSeedSharedDrawsTheSameForEveryTask() {
    Map<String, long[]> shapes = Map.of("conv1_1/kernel", new long[] {3, 3, 3, 2});
    for (Start.ScratchSeed seed : Start.ScratchSeed.values()) {
      float[] one =
          scratch(seed).column("one", shapes, COLOUR, Map.of()).get("conv1_1/kernel").values();
      float[] two =
          scratch(seed).column("two", shapes, COLOUR, Map.of()).get("conv1_1/kernel").values();
      if (seed == Start.ScratchSeed.SHARED) {
        assertThat(one).isEqualTo(two);
      } else {
        assertThat(one).isNotEqualTo(two);
      }
    }
  }

  /** Public ImageNet weights at another image size. */
  @Test
  void fullyConnectedLayersOfAFileThatDoNotFitStartAtRandom() {
    Weights weights = weights("fc1/kernel", new long[] {1, 2}, 1, 2);

    assertThat(column(file(weights), "fc1/kernel", 1, 2)).containsExactly(1, 2);
    assertThat(column(file(weights), "fc1/kernel", 2, 2))
        .isEqualTo(column(scratch(Start.ScratchSeed.PER_TASK), "fc1/kernel", 2, 2));
  }

  /** fc1 reads two features where the file's reads one; fc2 by itself would fit. */
  @Test
  void fullyConnectedLayersBehindOneThatDoesNotFitStartAtRandomToo() {
    Weights weights = weights("conv1_1/bias", new long[] {1}, 3);
    weights.put("fc1/kernel", new Weight(new long[] {1, 2}, new float[] {1, 2}));
    weights.put("fc1/bias", new Weight(new long[] {2}, new float[] {5, 6}));
    weights.put("fc2/kernel", new Weight(new long[] {2, 1}, new float[] {7, 8}));
    weights.put("fc2/bias", new Weight(new long[] {1}, new float[] {9}));
    Weights fitting = file(weights).column("task", connected(1), COLOUR, Map.of());
    Weights column = file(weights).column("task", connected(2), COLOUR, Map.of());
    Weights random =
        scratch(Start.ScratchSeed.PER_TASK).column("task", connected(2), COLOUR, Map.of());

    weights.all().keySet().stream()
        .filter(name -> !name.startsWith("input/"))
        .forEach(
            name ->
                assertThat(fitting.get(name).values())
                    .as(name)
                    .isEqualTo(weights.get(name).values()));
    assertThat(column.get("conv1_1/bias").values()).containsExactly(3);
    for (String name : List.of("fc1/kernel", "fc1/bias", "fc2/kernel", "fc2/bias")) {
      assertThat(column.get(name).values()).as(name).isEqualTo(random.get(name).values());
    }
  }

  private static Map<String, long[]> connected(int features) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    shapes.put("conv1_1/bias", new long[] {1});
    shapes.put("fc1/kernel", new long[] {features, 2});
    shapes.put("fc1/bias", new long[] {2});
    shapes.put("fc2/kernel", new long[] {2, 1});
    shapes.put("fc2/bias", new long[] {1});
    return shapes;
  }

  @Test
  void columnsFromAFileNormaliseAsItSaysAndByTheirOwnImagesWhereItDoesNot() {
    Weights with = weights("conv1_1/bias", new long[] {1}, 0);
    Weights without = new Weights();
    without.put("conv1_1/bias", new Weight(new long[] {1}, new float[] {0}));

    assertThat(column(file(with), "input/mean", 3)).containsExactly(0.4f, 0.5f, 0.6f);
    assertThat(column(file(with), "input/deviation", 3)).containsExactly(0.2f, 0.3f, 0.4f);
    assertThat(column(file(without), "input/deviation", 3)).containsExactly(1, 2, 3);
  }

  @Test
  void refusesHeadsThatReadOtherFeaturesThanTheAuxiliaryHead() {
    Weights weights = weights("head/kernel", new long[] {2, 3}, 1, 2, 3, 4, 5, 6);

    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> column(auxiliary(weights, Start.HeadStart.LABEL_MAP), "head/kernel", 4, 3))
        .withMessage(
            "Invalid headStart: labelMap of task: its head/kernel reads 4 features, the auxiliary"
                + " network's 2 (must be as many, or headStart: random)");
  }

  @Test
  void refusesWeightsThatLackOne() {
    Weights weights = weights("conv1_1/kernel", new long[] {1, 1, 1, 1}, 1);

    for (ColumnStart start : List.of(file(weights), auxiliary(weights, Start.HeadStart.RANDOM))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> column(start, "conv1_2/kernel", 1, 1, 1, 1))
          .withMessage(
              "Missing weight: conv1_2/kernel"
                  + " (there are [input/mean, input/deviation, conv1_1/kernel])");
    }
  }

  @Test
  void refusesWeightsOfAnotherShape() {
    Weights weights = weights("conv1_1/kernel", new long[] {1, 1, 3, 2}, 1, 2, 3, 4, 5, 6);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> column(file(weights), "conv1_1/kernel", 1, 1, 3, 4))
        .withMessage(
            "Invalid start of conv1_1/kernel: shape [1, 1, 3, 2]"
                + " (must be [1, 1, 3, 4] as in the backbone)");
    assertThatIllegalArgumentException()
        .as("grey kernels of another number are not summed")
        .isThrownBy(() -> column(file(weights), "conv1_1/kernel", 1, 1, 1, 4))
        .withMessageStartingWith("Invalid start of conv1_1/kernel: ");
    assertThatIllegalArgumentException()
        .as("grey kernels of another size are not summed")
        .isThrownBy(() -> column(file(weights), "conv1_1/kernel", 3, 3, 1, 2))
        .withMessage(
            "Invalid start of conv1_1/kernel: shape [1, 1, 3, 2]"
                + " (must be [3, 3, 1, 2] as in the backbone)");
  }

  @Test
  void refusesALabelMapToUnknownClasses() {
    Auxiliary auxiliary =
        new Auxiliary(
            new Task("big", new ImageShape(4, 4, 3), List.of("ant", "bee")), new Weights());
    Task task = new Task("task", new ImageShape(4, 4, 3), List.of("bee", "wasp", "Ant"));

    assertThat(auxiliary.labels(task, Map.of("Ant", "ant")))
        .as("equal names, and the map")
        .isEqualTo(Map.of(0, 1, 2, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> auxiliary.labels(task, Map.of("wasp", "hornet")))
        .withMessage(
            "Invalid label map of task task: wasp -> hornet"
                + " (must be a class of the auxiliary task)");
  }

  @Test
  void refusesAFileWithoutAStartFromItAndTheReverse() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new Start(
                    Start.From.FILE, Start.ScratchSeed.PER_TASK, Start.HeadStart.RANDOM, null))
        .withMessage(
            "Invalid start: file with file null (must be start: file with a file, or neither)");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new Start(
                    Start.From.SCRATCH, Start.ScratchSeed.PER_TASK, Start.HeadStart.RANDOM, "a"))
        .withMessage(
            "Invalid start: scratch with file a (must be start: file with a file, or neither)");
  }
}
