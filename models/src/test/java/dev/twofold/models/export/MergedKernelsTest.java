package dev.twofold.models.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import dev.twofold.models.methods.Mtal;
import dev.twofold.models.methods.MtalSettings;
import dev.twofold.models.methods.MtalSettings.Similarity;
import dev.twofold.models.methods.Prior;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Kernels of two numbers, [1, 1, 2, Cout]: directions in the plane. */
class MergedKernelsTest {
  private static final List<String> LAYER = List.of("conv1_1");

  @Test
  void identicalTwinsAreStoredOnce() {
    Weights column = column(1, 0, 0, 1, 3, 4);
    for (int tasks = 2; tasks <= 4; tasks++) {
      Weights[] columns = new Weights[tasks];
      Arrays.fill(columns, column);
      MergedKernels merged = merge(.4, columns);
      assertThat(merged.compression()).as("1 − 1/T").isCloseTo(1 - 1.0 / tasks, within(1e-12));
      assertThat(merged.layers().get(0).column(tasks - 1).values())
          .containsExactly(kernel(column).values(), within(1e-6f));
    }
  }

  @Test
  void whatIsNotSimilarStaysAsItIs() {
    MergedKernels merged = merge(.4, column(1, 0), column(0, 1));
    assertThat(merged.compression()).isZero();
    assertThat(merged.layers().get(0).column(0).values()).containsExactly(1, 0);
    assertThat(merged.layers().get(0).column(1).values()).containsExactly(0, 1);
  }

  @Test
  void columnsThatMayNotShareStayApart() {
    MergedKernels merged =
        MergedKernels.of(
            LAYER,
            List.of(column(1, 0), column(1, 0), column(1, 0)),
            settings(.4, Similarity.KERNEL),
            new Mtal(settings(.4, Similarity.KERNEL).with(new Prior(List.of(List.of("a", "c")))))
                .sharing(List.of("a", "b", "c")));
    assertThat(merged.layers().get(0).index())
        .containsExactly(new int[] {0}, new int[] {1}, new int[] {0});
  }

  @Test
  void refusesAThresholdOnChanges() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                MergedKernels.of(
                    LAYER,
                    List.of(column(1, 0), column(1, 0)),
                    settings(.4, Similarity.CHANGE),
                    (a, b) -> true))
        .withMessage(
            "Cannot merge kernels of mtal with similarity: change: its threshold is of what training"
                + " has added to the kernels, and their start is not kept (must be similarity:"
                + " kernel, or an export without --merged)");
  }

  private static MtalSettings settings(double threshold, Similarity similarity) {
    return new MtalSettings(
        threshold, .75, .25, MtalSettings.Pick.MUTUAL, similarity, false, 10, null);
  }

  @Test
  void atRho1NothingIsMerged() {
    assertThat(merge(1, column(1, 0), column(1, 0)).compression()).isZero();
  }

  /** (2, 0) is nearest to (1, 0), not to (1, 1), which finds it nearest all the same. */
  @Test
  void onlyMutualBestsAreMergedToTheirMean() {
    MergedKernels merged = merge(.4, column(2, 0), column(1, 1, 1, 0));
    MergedKernels.Layer layer = merged.layers().get(0);
    assertThat(MergedKernels.kernels(layer)).isEqualTo(3);
    assertThat(MergedKernels.stored(layer)).isEqualTo(2);
    assertThat(kernels(layer.column(0))).containsExactly(List.of(1.5f, 0f));
    assertThat(kernels(layer.column(1))).containsExactly(List.of(1f, 1f), List.of(1.5f, 0f));
  }

  /**
   * Angles of the columns' kernels: 0° and 50°; 10°; 32°. Mutual bests, the most similar first:
   * 0°–10°, 50°–32°, 10°–32°. The first two are joined; the third would bring 0° and 50° of one
   * column together.
   */
  @Test
  void chainsEndWhereAKernelWouldStandForTwoOfOneColumn() {
    MergedKernels merged =
        merge(.4, column(angle(0), angle(50)), column(angle(10)), column(angle(32)));
    MergedKernels.Layer layer = merged.layers().get(0);
    assertThat(MergedKernels.stored(layer)).isEqualTo(2);
    int[] first = layer.index().get(0);
    assertThat(layer.index().get(1)).containsExactly(first[0]);
    assertThat(layer.index().get(2)).containsExactly(first[1]);
    assertThat(kernels(layer.column(1)).get(0).get(0))
        .isCloseTo((float) ((1 + Math.cos(Math.toRadians(10))) / 2), within(1e-6f));
  }

  @Test
  void kernelsOfAnotherSizeAreTheirOwn() {
    Weights grey = new Weights();
    grey.put("conv1_1/kernel", new Weight(new long[] {1, 1, 1, 2}, new float[] {1, 2}));
    MergedKernels merged = merge(.4, column(1, 0), grey, column(1, 0));
    assertThat(merged.layers()).hasSize(2);
    assertThat(merged.layers().get(0).index()).element(1).isNull();
    assertThat(merged.layers().get(1).index().get(0)).isNull();
    assertThat(merged.layers().get(1).column(1).values()).containsExactly(1, 2);
    assertThat(merged.compression()).isCloseTo(.25, within(1e-12));
  }

  @Test
  void biasesAreNotShared() {
    Weights column = column(1, 0);
    column.put("conv1_1/bias", new Weight(new long[] {1}, new float[] {.5f}));
    assertThat(merge(.4, column, column(1, 0)).own(0).all()).containsOnlyKeys("conv1_1/bias");
  }

  private static double[] angle(double degrees) {
    return new double[] {Math.cos(Math.toRadians(degrees)), Math.sin(Math.toRadians(degrees))};
  }

  private static Weights column(double[]... kernels) {
    return column(Arrays.stream(kernels).flatMapToDouble(Arrays::stream).toArray());
  }

  /** Kernels one after the other. */
  private static Weights column(double... numbers) {
    int out = numbers.length / 2;
    float[] values = new float[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      values[i % 2 * out + i / 2] = (float) numbers[i];
    }
    Weights column = new Weights();
    column.put("conv1_1/kernel", new Weight(new long[] {1, 1, 2, out}, values));
    return column;
  }

  private static Weight kernel(Weights column) {
    return column.get("conv1_1/kernel");
  }

  private static List<List<Float>> kernels(Weight weight) {
    int out = weight.values().length / 2;
    return IntStream.range(0, out)
        .mapToObj(i -> List.of(weight.values()[i], weight.values()[out + i]))
        .toList();
  }

  private static MergedKernels merge(double threshold, Weights... columns) {
    return MergedKernels.of(
        LAYER, List.of(columns), settings(threshold, Similarity.KERNEL), (a, b) -> true);
  }
}
