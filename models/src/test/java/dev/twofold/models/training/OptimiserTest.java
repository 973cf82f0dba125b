package dev.twofold.models.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.models.Bench;
import dev.twofold.models.Golden;
import dev.twofold.models.Step;
import dev.twofold.models.Step.Update;
import dev.twofold.models.layers.Role;
import dev.twofold.models.layers.Variable;
import dev.twofold.models.losses.Losses;
import dev.twofold.models.training.TrainingSettings.EpochLength;
import dev.twofold.models.training.TrainingSettings.Optimizer;
import dev.twofold.models.training.TrainingSettings.Precision;
import dev.twofold.models.training.TrainingSettings.Reduction;
import dev.twofold.models.training.TrainingSettings.Schedule;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;

/** Two steps by hand, at a learning rate of .1, of a matrix w, which decays, and a bias b. */
class OptimiserTest {
  private final Bench bench = new Bench();
  private Variable w;
  private Variable b;

  @BeforeEach
  void makeVariables() {
    w = bench.variable("w", Role.MATRIX, new long[] {2}, 1, -2);
    b = bench.variable("b", Role.BIAS, new long[] {1}, 0.5f);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private static TrainingSettings settings(
      Optimizer optimizer, double momentum, double weightDecay, double clipNorm) {
    return new TrainingSettings(
        optimizer,
        0.1,
        momentum,
        Schedule.CONSTANT,
        weightDecay,
        0,
        Reduction.MEAN,
        clipNorm,
        0,
        1,
        null,
        2,
        EpochLength.MAX,
        Precision.FLOAT32);
  }

  /** A loss whose gradient is [3, 4] for w and 12 for b, wherever they are: a norm of 13. */
  private Operand<TFloat32> slope() {
    var tf = bench.tf();
    return tf.math.add(
        Losses.sum(tf, tf.math.mul(w.value(), tf.constant(new float[] {3, 4}))),
        Losses.sum(tf, tf.math.mul(b.value(), tf.constant(new float[] {12}))));
  }

  /** A loss whose gradient is the variable: ½·w² + ½·b². */
  private Operand<TFloat32> bowl() {
    var tf = bench.tf();
    return tf.math.mul(
        tf.constant(0.5f),
        tf.math.add(
            Losses.sum(tf, tf.math.square(w.value())), Losses.sum(tf, tf.math.square(b.value()))));
  }

  private void take(
      int steps, TrainingSettings settings, Operand<TFloat32> loss, Map<Variable, Update> updates) {
    take(steps, 0.1f, settings, new Step("test", loss, List.of(w, b), updates));
  }

  private void take(int steps, float learningRate, TrainingSettings settings, Step step) {
    Optimiser optimiser = new Optimiser(bench.net(), settings);
    List<Op> ops = optimiser.updates(step, step.loss());
    bench.initialise();
    for (int done = 0; done < steps; done++) {
      bench.run(
          ops,
          Map.of(
              optimiser.learningRate(),
              new float[] {learningRate},
              optimiser.betaPowers(),
              Optimiser.betaPowers(done)));
    }
  }

  private void expect(String why, float first, float second, float bias) {
    assertThat(bench.value(w.value()))
        .as("w: %s", why)
        .containsExactly(new float[] {first, second}, within(2e-6f));
    assertThat(bench.value(b.value()))
        .as("b: %s", why)
        .containsExactly(new float[] {bias}, within(2e-6f));
  }

  @Test
  void plainDescent() {
    take(2, settings(Optimizer.SGD, 0, 0, 0), slope(), Map.of());

    expect("−.1·g twice", 0.4f, -2.8f, -1.9f);
  }

  @Test
  void momentumAccumulatesGradients() {
    take(2, settings(Optimizer.SGD, 0.9, 0, 0), slope(), Map.of());

    expect("−.1·(g + 1.9·g)", 0.13f, -3.16f, -2.98f);
  }

  /** A norm of 13 clipped at 6.5 halves every gradient; weight decay is added behind that. */
  @Test
  void clippingIsByOneNormAndDecayJoinsBehindIt() {
    take(2, settings(Optimizer.SGD, 0.9, 0.1, 6.5), slope(), Map.of());

    // g = [1.5, 2] + .1·[1, −2] = [1.6, 1.8]: w = [.84, −2.18]
    // g = [1.5, 2] + .1·[.84, −2.18] = [1.584, 1.782], m = .9·[1.6, 1.8] + g = [3.024, 3.402]
    // b: g = 6, −.1·(6 + 11.4), and no decay
    expect("two steps", 0.5376f, -2.5202f, -1.24f);
  }

  @Test
  void smallGradientsAreNotClipped() {
    take(1, settings(Optimizer.SGD, 0, 0, 14), slope(), Map.of());

    expect("13 < 14", 0.7f, -2.4f, -0.7f);
  }

  /** TensorFlow's own ½·Σw² has this gradient too. */
  @Test
  void decayIsTheGradientOfHalfTheSquaredNorm() {
    take(1, settings(Optimizer.SGD, 0, 0.5, 0), slope(), Map.of());

    expect("w − .1·(g + .5·w)", 1 - 0.35f, -2 - 0.3f, -0.7f);
  }

  /**
   * golden.json's l2_tf_half: a function E of degree two is ½·Σ w·∂E/∂w. The loss is flat, so the
   * gradient is that of the decay alone, and a step of η takes η times it away.
   */
  @Test
  void decayDescendsHalfTheSquaredNorm() {
    JsonNode golden = Golden.section("losses");
    float[] start = Golden.floats(golden.get("weights"));
    Variable weights =
        bench.variable("weights", Role.MATRIX, Golden.shape(golden.get("weights")), start);
    float eta = 0.5f;
    Operand<TFloat32> flat =
        bench.tf().math.mul(Losses.sum(bench.tf(), weights.value()), bench.tf().constant(0f));

    take(
        1,
        eta,
        settings(Optimizer.SGD, 0, 1, 0),
        new Step("test", flat, List.of(weights), Map.of()));

    float[] decayed = bench.value(weights.value());
    float half = 0;
    for (int i = 0; i < start.length; i++) {
      float gradient = (start[i] - decayed[i]) / eta;
      half += start[i] * gradient / 2;
    }
    assertThat(half).isCloseTo(Golden.number(golden.get("l2_tf_half")), within(1e-6f));
  }

  /** Loshchilov and Hutter's Algorithm 2, with bias correction. */
  @Test
  void adamWDecaysBesideTheAdaptiveStep() {
    take(2, settings(Optimizer.ADAMW, 0.9, 0.5, 0), bowl(), Map.of());

    // w[0]: 1·.95 − .1 = .85, since the first step is the gradient's sign
    //   m = .9·.1 + .1·.85 = .175, m̂ = .175/.19; v = .999·.001 + .001·.7225, v̂ = v/.001999
    //   .85·.95 − .1·.921053/√.861181 = .708248
    // w[1]: −2·.95 + .1 = −1.8; m = −.36, v = .007236: −1.8·.95 + .1·1.894737/1.902580
    // b: .5 − .1 = .4; m = .085, v = .00040975: .4 − .1·.447368/√.204977
    expect("two steps", 0.7082484f, -1.6104122f, 0.3011874f);
  }

  /** ε = 1e-8 is added to √v̂, which at the first step is the gradient's size. */
  @Test
  void adamWsEpsilonCountsAgainstTheCorrectedMoment() {
    Operand<TFloat32> tiny = bench.tf().math.mul(slope(), bench.tf().constant(1e-8f));

    take(1, settings(Optimizer.ADAMW, 0.9, 0, 0), tiny, Map.of());

    // gradients of 3, 4 and 12 times ε: steps of .1·3/4, .1·4/5, .1·12/13
    expect("one step", 0.925f, -2.08f, 0.4076923f);
  }

  @Test
  void aStepMayDepartFromThePlainOne() {
    Update departing =
        new Update(
            0.5,
            false,
            gradient -> bench.tf().math.mul(gradient, bench.tf().constant(2f)),
            (stepped, rate) ->
                bench
                    .tf()
                    .math
                    .maximum(
                        bench
                            .tf()
                            .math
                            .sub(stepped, bench.tf().math.mul(rate, bench.tf().constant(4f))),
                        bench.tf().constant(-1f)));
    take(2, settings(Optimizer.SGD, 0.9, 0, 0), slope(), Map.of(w, departing));

    // w: rate .05, gradient [6, 8], no momentum, then −.05·4: 1 − .3 − .2 = .5, .5 − .5 = 0;
    // −2 − .4 − .2 stops at −1, and so does −1 − .6. b takes the plain step.
    expect("twice as steep at half the rate, then the proximal step", 0, -1, -2.98f);
  }

  /** DAMTL's masks, whose gradient has a size already. */
  @Test
  void aStepWithoutMomentsIsPlainUnderAdamWToo() {
    Update plain = new Update(0.5, false, UnaryOperator.identity(), (stepped, rate) -> stepped);
    take(2, settings(Optimizer.ADAMW, 0.9, 0, 0), slope(), Map.of(w, plain));

    // w: −.05·[3, 4] twice; b: −.1 twice, the sign of a gradient that does not change.
    expect("two steps", 0.7f, -2.4f, 0.3f);
  }

  @Test
  void theProximalStepFollowsTheGradientStep() {
    UnaryOperator<Operand<TFloat32>> same = UnaryOperator.identity();
    Update halved =
        new Update(
            1,
            true,
            same,
            (stepped, rate) -> bench.tf().math.mul(stepped, bench.tf().constant(0.5f)));
    take(1, settings(Optimizer.SGD, 0.9, 0, 0), slope(), Map.of(b, halved));

    expect("(.5 − 1.2)/2, and not .5/2 − 1.2", 0.7f, -2.4f, -0.35f);
  }
}
