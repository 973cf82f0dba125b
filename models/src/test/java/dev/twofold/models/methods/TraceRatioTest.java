package dev.twofold.models.methods;

import static dev.twofold.models.methods.TaskScatterTest.assertClose;
import static dev.twofold.models.methods.TaskScatterTest.labels;
import static dev.twofold.models.methods.TaskScatterTest.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.ejml.dense.row.CommonOps_DDRM.mult;
import static org.ejml.dense.row.CommonOps_DDRM.multInner;

import dev.twofold.models.methods.MtdaSettings.Classifier;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.RandomMatrices_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits of MTDA, as remarks on its objective. */
class TraceRatioTest {

  /** Images around class means that are this far apart, with noise of deviation 1. */
  private static DMatrixRMaj images(
      int images, int dimensions, int classes, double far, long seed) {
    DMatrixRMaj means = random(classes, dimensions, seed);
    DMatrixRMaj x = random(images, dimensions, seed + 1);
    for (int i = 0; i < images; i++) {
      for (int j = 0; j < dimensions; j++) {
        x.add(i, j, far * means.get(i % classes, j));
      }
    }
    return x;
  }

  private static TaskScatter scatter(DMatrixRMaj x, int classes) {
    return TaskScatter.of(x.copy(), labels(x.numRows, classes), classes, 0.1);
  }

  /** Tasks that differ in dimensions and classes; the second has fewer images than dimensions. */
  private static List<TaskScatter> tasks() {
    return List.of(scatter(images(60, 12, 4, 0.5, 1), 4), scatter(images(30, 40, 3, 0.5, 2), 3));
  }

  private static TraceRatio joint(List<TaskScatter> tasks, int r, int d) {
    return new TraceRatio(tasks, tasks.stream().map(task -> task.whitening(r)).toList(), d);
  }

  /** λ of T separate LDAs to d dimensions: their numerators and denominators added up. */
  private static double separate(List<TaskScatter> tasks, int d) {
    double between = 0;
    double within = 0;
    for (TaskScatter task : tasks) {
      DMatrixRMaj w = task.discriminants(d);
      between += CommonOps_DDRM.trace(task.between(w));
      // What a task lacks in discriminants are directions in which its classes do not differ.
      within += CommonOps_DDRM.trace(task.within(w)) + d - w.numCols;
    }
    return between / within;
  }

  @Test
  void theObjectiveNeverFalls() {
    TraceRatio ratio = joint(tasks(), 8, 3);
    double first = ratio.value();
    double before = first;
    for (int pass = 0; pass < 60; pass++) {
      ratio.pass();
      assertThat(ratio.value()).as("pass %d", pass).isGreaterThanOrEqualTo(before);
      before = ratio.value();
    }
    assertThat(before).isGreaterThan(1.2 * first);
  }

  @Test
  void theConstraintsHoldAfterEveryPass() {
    List<TaskScatter> tasks = tasks();
    TraceRatio ratio = joint(tasks, 8, 3);
    for (int pass = 0; pass < 20; pass++) {
      ratio.pass();
      assertClose(multInner(ratio.p(), null), CommonOps_DDRM.identity(3));
      for (int t = 0; t < tasks.size(); t++) {
        assertClose(tasks.get(t).total(ratio.m(t)), CommonOps_DDRM.identity(8));
      }
    }
  }

  /** With r = d_t P alone reaches every subspace. */
  @Test
  void oneTaskWithAllDimensionsIsLdaAfterOnePass() {
    List<TaskScatter> one = List.of(scatter(images(60, 12, 4, 0.5, 1), 4));
    TraceRatio ratio = joint(one, 12, 3);
    ratio.pass();

    assertThat(ratio.value()).isCloseTo(separate(one, 3), within(1e-9));
  }

  @Test
  void theOptimumIsThatOfSeparateLdas() {
    TraceRatio ratio = joint(tasks(), 8, 3);
    double best = separate(tasks(), 3);
    for (int pass = 0; pass < 300; pass++) {
      ratio.pass();
      assertThat(ratio.value()).isLessThanOrEqualTo(best + 1e-9);
    }

    assertThat(ratio.value()).isCloseTo(best, within(1e-3 * best));
  }

  @Test
  void separateLdasAreAtTheirOptimumFromTheStart() {
    List<TaskScatter> one = List.of(scatter(images(60, 12, 4, 0.5, 1), 4));
    TraceRatio ratio = new TraceRatio(one, List.of(one.get(0).discriminants(3)), 3);
    double start = ratio.value();
    ratio.pass();

    assertThat(ratio.value()).isCloseTo(start, within(1e-9));
  }

  /** Two classes of equal size lie equally far from the mean: which sign is right is a tie. */
  @ParameterizedTest
  @ValueSource(ints = {12, 80})
  void aRotationOfTheInputChangesNothing(int dimensions) {
    DMatrixRMaj x = images(60, dimensions, 2, 0.5, 1);
    DMatrixRMaj rotation = RandomMatrices_DDRM.orthogonal(dimensions, dimensions, new Random(3));
    TaskScatter other = scatter(images(30, 40, 3, 0.5, 2), 3);
    TraceRatio ratio = joint(List.of(scatter(x, 2), other), 8, 3);
    TraceRatio rotated = joint(List.of(scatter(mult(x, rotation, null), 2), other), 8, 3);
    for (int pass = 0; pass < 5; pass++) {
      ratio.pass();
      rotated.pass();
      assertThat(rotated.value()).isCloseTo(ratio.value(), within(1e-9));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"NEAREST_MEAN", "NEAREST_NEIGHBOUR"})
  void farClassesAreToldApart(Classifier kind) {
    int[] labels = labels(40, 2);
    DMatrixRMaj x = images(40, 20, 2, 3, 5);
    TaskScatter first = scatter(x, 2);
    TaskScatter second = scatter(images(30, 15, 3, 3, 6), 3);
    TraceRatio ratio = joint(List.of(first, second), 10, 2);
    for (int pass = 0; pass < 10; pass++) {
      ratio.pass();
    }
    DMatrixRMaj projection = first.lift(mult(ratio.m(0), ratio.p(), null));
    NearestPrototype classifier = NearestPrototype.of(kind, mult(x, projection, null), labels, 2);
    // The same class means under other noise.
    SplittableRandom random = new SplittableRandom(9);
    DMatrixRMaj means = random(2, 20, 5);
    DMatrixRMaj unseen = new DMatrixRMaj(40, 20);
    for (int i = 0; i < 40; i++) {
      for (int j = 0; j < 20; j++) {
        unseen.set(i, j, 3 * means.get(labels[i], j) + random.nextGaussian());
      }
    }

    assertThat(classifier.accuracy(mult(unseen, projection, null), labels)).isEqualTo(1);
    assertThat(classifier.crossEntropy(mult(unseen, projection, null), labels)).isLessThan(0.3);
  }
}
