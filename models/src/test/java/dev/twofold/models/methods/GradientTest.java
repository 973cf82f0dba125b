package dev.twofold.models.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.twofold.models.Bench;
import dev.twofold.models.GraphMethod;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Objective;
import dev.twofold.models.Refresh;
import dev.twofold.models.Step;
import dev.twofold.models.Task;
import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.Role;
import dev.twofold.models.layers.Variable;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.methods.DamtlSettings.Alignment;
import dev.twofold.models.methods.DamtlSettings.Kernel;
import dev.twofold.models.methods.DamtlSettings.MaskBase;
import dev.twofold.models.methods.DamtlSettings.MaskStep;
import dev.twofold.models.methods.DamtlSettings.Sparsity;
import dev.twofold.models.methods.MtalSettings.Pick;
import dev.twofold.models.methods.MtalSettings.Similarity;
import dev.twofold.models.training.Auxiliary;
import dev.twofold.models.training.ColumnStart;
import dev.twofold.models.training.Normalisation;
import dev.twofold.models.training.Start;
import dev.twofold.models.training.Units;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The gradients that the optimiser takes, against central differences of the loss.
 *
 * <p>With losses of some units, float32 tells them apart to 5e-7, so a difference over 2·h = 2e-3
 * is known to 3e-4; ReLUs and poolings that switch within ±h, one image of a batch at a time, add
 * about as much. {@link #TOLERANCE} is three times that, against gradients of which each variable's
 * largest is .01 to 1; a missing path or factor is off by a third of the gradient or more.
 */
class GradientTest {
  private static final float H = 1e-3f;
  private static final double TOLERANCE = 2e-3;
  private static final double RELATIVE = 0.02;

  private static final Task COLOUR =
      new Task("colour", new ImageShape(6, 6, 3), List.of("ant", "bee", "cat"));
  private static final Task GREY = new Task("grey", new ImageShape(7, 7, 1), List.of("bee", "dog"));
  private static final Task SECOND =
      new Task("second", new ImageShape(6, 6, 3), List.of("dog", "cat"));
  private static final Task BIG =
      new Task("big", new ImageShape(6, 6, 3), List.of("cat", "dog", "ant"));

  private static final BackboneSettings PLAIN = backbone(false);
  private static final BackboneSettings NORMALISED = backbone(true);

  private static BackboneSettings backbone(boolean batchNorm) {
    return new BackboneSettings(null, List.of("3", "M", "4", "M"), List.of(5), batchNorm);
  }

  static Stream<Arguments> methods() {
    List<Task> unlike = List.of(COLOUR, GREY);
    List<Task> alike = List.of(COLOUR, SECOND);
    List<Task> three = List.of(COLOUR, SECOND, GREY);
    GraphMethod stitch = new CrossStitch(new CrossStitchSettings(0.7, 100));
    GraphMethod nddr = new NddrCnn(new NddrCnnSettings(0.7, 10));
    return Stream.of(
        arguments("cross-stitch, colour and grey", stitch, PLAIN, unlike),
        arguments("cross-stitch of three", stitch, PLAIN, three),
        arguments("cross-stitch with batch norm", stitch, NORMALISED, alike),
        arguments("nddr-cnn, colour and grey", nddr, PLAIN, unlike),
        arguments("single-task", new SingleTask(), PLAIN, unlike),
        arguments("multi-task", new MultiTask(), PLAIN, unlike),
        arguments("multi-task with batch norm", new MultiTask(), NORMALISED, unlike),
        arguments("mtal all", mtal(Pick.ALL, false), PLAIN, alike),
        arguments("mtal mutual", mtal(Pick.MUTUAL, false), PLAIN, alike),
        arguments("mtal all within, colour and grey", mtal(Pick.ALL, true), PLAIN, unlike),
        arguments("mtal mutual within", mtal(Pick.MUTUAL, true), PLAIN, alike),
        arguments("damtl hidden linear", damtl(Alignment.HIDDEN, Kernel.LINEAR), PLAIN, unlike),
        arguments("damtl all linear", damtl(Alignment.ALL, Kernel.LINEAR), PLAIN, unlike),
        arguments("damtl hidden gaussian", damtl(Alignment.HIDDEN, Kernel.GAUSSIAN), PLAIN, unlike),
        arguments("damtl all gaussian", damtl(Alignment.ALL, Kernel.GAUSSIAN), PLAIN, unlike));
  }

  private static Arguments arguments(
      String name, GraphMethod method, BackboneSettings backbone, List<Task> tasks) {
    return Arguments.of(Named.of(name, method), backbone, tasks);
  }

  /** From random starts few kernels are alike: a threshold below 0 makes partners. */
  private static GraphMethod mtal(Pick pick, boolean within) {
    return new Mtal(new MtalSettings(-0.2, 0.75, 0.25, pick, Similarity.KERNEL, within, 1, null));
  }

  /**
   * λ2 at which either D counts beside the cross-entropy and does not drown it: the linear one is a
   * square, the Gaussian one at most 2 a class. The L1 term is a proximal step, without a gradient.
   */
  private static GraphMethod damtl(Alignment alignment, Kernel kernel) {
    return new Damtl(
        new DamtlSettings(
            DamtlSettings.Mode.JOINT,
            List.of(0.5, 1.5),
            MaskBase.TRAINABLE,
            MaskStep.SGD,
            1,
            Sparsity.ELEMENT,
            alignment,
            kernel,
            0.9,
            kernel == Kernel.LINEAR ? 0.02 : 0.5,
            0.8));
  }

  /** Columns start at random; the auxiliary network is another one, for the alignment. */
  private static ColumnStart start(BackboneSettings backbone) {
    ColumnStart random =
        new ColumnStart(Units.start(Start.From.SCRATCH), Optional.empty(), Optional.empty(), 3);
    Weights weights =
        random.column(
            "big",
            new Backbone(backbone, 3, Optional.empty()).shapes(BIG.shape(), BIG.classes().size()),
            new Normalisation(new float[] {0.5f}, new float[] {0.3f}),
            Map.of());
    return new ColumnStart(
        Units.start(Start.From.SCRATCH),
        Optional.of(new Auxiliary(BIG, weights)),
        Optional.empty(),
        5);
  }

  @ParameterizedTest
  @MethodSource("methods")
  void isTheDifferenceQuotient(GraphMethod method, BackboneSettings backbone, List<Task> tasks) {
    try (Bench bench = new Bench()) {
      Objective objective =
          method.build(
              SmallConstruction.of(
                  bench,
                  backbone,
                  start(backbone),
                  Units.unclipped(1),
                  tasks.stream().map(task -> SmallConstruction.input(bench, task, 4)).toList()));
      for (Step step : objective.steps()) {
        List<Operand<TFloat32>> gradients =
            bench.gradients(step.loss(), step.variables().stream().map(Variable::value).toList());
        bench.initialise();
        for (Refresh refresh : objective.refreshes()) {
          bench.run(refresh.ops());
        }
        Map<Operand<TFloat32>, float[]> held = stopped(bench);
        for (int v = 0; v < gradients.size(); v++) {
          check(bench, step, step.variables().get(v), bench.value(gradients.get(v)), held);
        }
      }
    }
  }

  /**
   * The Gaussian kernel's bandwidth, a scalar, has no gradient on purpose, so it must not move
   * either. No other gradient is stopped on purpose.
   */
  private static Map<Operand<TFloat32>, float[]> stopped(Bench bench) {
    Map<Operand<TFloat32>, float[]> held = new HashMap<>();
    for (Iterator<GraphOperation> all = bench.net().graph().operations(); all.hasNext(); ) {
      GraphOperation operation = all.next();
      if (operation.type().equals("StopGradient")
          && operation.output(0).shape().numDimensions() == 0) {
        Operand<TFloat32> output = operation.output(0);
        held.put(output, bench.value(output));
      }
    }
    return held;
  }

  private static void check(
      Bench bench,
      Step step,
      Variable variable,
      float[] gradient,
      Map<Operand<TFloat32>, float[]> held) {
    float largest = Math.abs(gradient[largest(gradient)]);
    if (isUndoneByBatchNorm(step, variable)) {
      assertThat(largest).as("gradient of %s", variable).isLessThan(1e-5f);
      return;
    }
    assertThat(largest).as("largest gradient of %s", variable).isGreaterThan(0.005f);
    for (int entry : sample(gradient)) {
      float above = loss(bench, step, variable, entry, H, held);
      float below = loss(bench, step, variable, entry, -H, held);
      assertThat((double) gradient[entry])
          .as("∂ %s / ∂ %s[%d]", step.name(), variable, entry)
          .isCloseTo((above - below) / (2.0 * H), within(TOLERANCE + RELATIVE * largest));
    }
  }

  /** Batch norm subtracts the mean, and with it what a convolution's bias adds. */
  private static boolean isUndoneByBatchNorm(Step step, Variable variable) {
    String gamma = variable.name().replace("/bias", "/gamma");
    return variable.role() == Role.BIAS
        && step.variables().stream().anyMatch(other -> other.name().equals(gamma));
  }

  private static float loss(
      Bench bench,
      Step step,
      Variable variable,
      int entry,
      float change,
      Map<Operand<TFloat32>, float[]> held) {
    float[] values = variable.initial().clone();
    values[entry] += change;
    Map<Operand<TFloat32>, float[]> instead = new HashMap<>(held);
    instead.put(variable.value(), values);
    return bench.value(step.loss(), instead)[0];
  }

  /** The entry of the largest gradient, and two others. */
  private static Set<Integer> sample(float[] gradient) {
    SplittableRandom random = new SplittableRandom(gradient.length);
    Set<Integer> sample = new LinkedHashSet<>();
    sample.add(largest(gradient));
    sample.add(random.nextInt(gradient.length));
    sample.add(random.nextInt(gradient.length));
    return sample;
  }

  private static int largest(float[] gradient) {
    int largest = 0;
    for (int i = 1; i < gradient.length; i++) {
      largest = Math.abs(gradient[i]) > Math.abs(gradient[largest]) ? i : largest;
    }
    return largest;
  }
}
