package dev.twofold.models.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.models.Bench;
import dev.twofold.models.Golden;
import dev.twofold.models.layers.Role;
import dev.twofold.models.layers.Variable;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import dev.twofold.models.methods.DamtlSettings.Kernel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Eq. (3) of [B]; golden.json, section damtl_alignment: four images, two of each class. */
class ClassAlignmentTest {
  private static final JsonNode GOLDEN = Golden.section("damtl_alignment");

  private final Bench bench = new Bench();
  private Variable o;
  private Variable w;
  private Variable b;
  private Operand<TFloat32> output;

  @BeforeEach
  void makeTheTasksLayer() {
    o = variable("O", Role.STATE, GOLDEN.get("O"));
    w = variable("W", Role.MATRIX, GOLDEN.at("/f_t/W"));
    b = variable("b", Role.BIAS, GOLDEN.at("/f_t/b"));
    output = bench.tf().nn.biasAdd(bench.tf().linalg.matMul(o.value(), w.value()), b.value());
    bench.initialise();
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private Variable variable(String name, Role role, JsonNode values) {
    return bench.variable(name, role, Golden.shape(values), Golden.floats(values));
  }

  private static Weights auxiliary(String layer) {
    JsonNode kernel = GOLDEN.at("/f_aux/W");
    JsonNode bias = GOLDEN.at("/f_aux/b");
    Weights auxiliary = new Weights();
    auxiliary.put(layer + "/kernel", new Weight(Golden.shape(kernel), Golden.floats(kernel)));
    auxiliary.put(layer + "/bias", new Weight(Golden.shape(bias), Golden.floats(bias)));
    return auxiliary;
  }

  /** A layer fc1 that gives what it reads. */
  private static Weights identity(int size) {
    float[] kernel = new float[size * size];
    for (int i = 0; i < size; i++) {
      kernel[i * size + i] = 1;
    }
    Weights identity = new Weights();
    identity.put("fc1/kernel", new Weight(new long[] {size, size}, kernel));
    identity.put("fc1/bias", new Weight(new long[] {size}, new float[size]));
    return identity;
  }

  /** f_aux(O), [4, 3]. */
  private Operand<TFloat32> auxiliaryOutput() {
    JsonNode kernel = GOLDEN.at("/f_aux/W");
    JsonNode bias = GOLDEN.at("/f_aux/b");
    var tf = bench.tf();
    return tf.nn.biasAdd(
        tf.linalg.matMul(o.value(), bench.constant(Golden.shape(kernel), Golden.floats(kernel))),
        bench.constant(Golden.shape(bias), Golden.floats(bias)));
  }

  /** One-hot labels of y = [0, 0, 1, 1]; where asked, of one class only. */
  private Operand<TFloat32> labels(boolean first, boolean second) {
    assertThat(Golden.floats(GOLDEN.get("y"))).containsExactly(0, 0, 1, 1);
    float one = first ? 1 : 0;
    float two = second ? 1 : 0;
    return bench.constant(new long[] {4, 2}, one, 0, one, 0, 0, two, 0, two);
  }

  private Operand<TFloat32> hidden(Kernel kernel, Operand<TFloat32> labels) {
    return new ClassAlignment(bench.tf(), labels, kernel)
        .hidden(auxiliary("fc1"), "fc1", o.value(), output);
  }

  @Test
  void alignsTheMeansOfTheOutputsBeforeTheirActivation() {
    float d = bench.value(hidden(Kernel.LINEAR, labels(true, true)))[0];

    assertThat(d)
        .as("Eq. (3), linear")
        .isCloseTo(Golden.number(GOLDEN.get("D_linear")), within(1e-5f));
    assertThat(d)
        .as("what it would be behind the ReLU")
        .isNotCloseTo(Golden.number(GOLDEN.get("D_relu")), within(1f));
  }

  /** What is compared is activated already, and an identity stands in for f_aux. */
  @Test
  void behindTheActivationTheDistanceIsAnother() {
    var nn = bench.tf().nn;
    Operand<TFloat32> d =
        new ClassAlignment(bench.tf(), labels(true, true), Kernel.LINEAR)
            .hidden(identity(3), "fc1", nn.relu(auxiliaryOutput()), nn.relu(output));

    assertThat(bench.value(d)[0])
        .as("Eq. (3) of relu(f_aux(O)) and relu(f_t(O))")
        .isCloseTo(Golden.number(GOLDEN.get("D_relu")), within(1e-5f));
  }

  @Test
  void sumsOverTheClassesOfTheBatch() {
    float[] perClass = Golden.floats(GOLDEN.get("per_class_linear"));

    assertThat(bench.value(hidden(Kernel.LINEAR, labels(true, false)))[0])
        .as("Eq. (3), class 0")
        .isCloseTo(perClass[0], within(1e-5f));
    assertThat(bench.value(hidden(Kernel.LINEAR, labels(false, true)))[0])
        .as("Eq. (3), class 1")
        .isCloseTo(perClass[1], within(1e-5f));
  }

  @Test
  void theHeadAlignsTheClassesThatTheLabelMapCovers() {
    Map<Integer, Integer> covered = new LinkedHashMap<>();
    GOLDEN.get("head_map").forEach(pair -> covered.put(pair.get(1).asInt(), pair.get(0).asInt()));
    Operand<TFloat32> d =
        new ClassAlignment(bench.tf(), labels(true, true), Kernel.LINEAR)
            .head(auxiliary("head"), covered, o.value(), output);

    assertThat(bench.value(d)[0])
        .as("Eq. (3), head: auxiliary outputs 2, 0 against the task's 0, 1")
        .isCloseTo(Golden.number(GOLDEN.get("D_head")), within(1e-5f));
  }

  @Test
  void theGradientReachesTheTasksLayerAndItsInput() {
    List<Operand<TFloat32>> gradients =
        bench.gradients(
            hidden(Kernel.LINEAR, labels(true, true)), List.of(w.value(), b.value(), o.value()));

    assertThat(bench.value(gradients.get(0)))
        .as("∂D/∂W of f_t")
        .containsExactly(Golden.floats(GOLDEN.get("grad_f_t_W")), within(1e-5f));
    assertThat(bench.value(gradients.get(1)))
        .as("∂D/∂b of f_t")
        .containsExactly(Golden.floats(GOLDEN.get("grad_f_t_b")), within(1e-5f));
    assertThat(bench.value(gradients.get(2)))
        .as("∂D/∂O, through both f_t and the frozen f_aux")
        .containsExactly(Golden.floats(GOLDEN.get("grad_O")), within(1e-5f));
  }

  /**
   * Two images of one class, one feature: f_aux(O) = [0, 2], f_t(O) = [1, 1]. The four squared
   * distances between them are 1, so the bandwidth is 1 and every cross similarity e⁻¹; within
   * f_aux the similarities are 1, 1, e⁻⁴, e⁻⁴, within f_t all 1. D = (2 + 2e⁻⁴)/4 + 1 − 2e⁻¹. The
   * means are equal, which is all that the linear D sees.
   */
  @Test
  void theGaussianKernelSeesMoreThanMeans() {
    Operand<TFloat32> input = bench.constant(new long[] {2, 1}, 0, 2);
    Operand<TFloat32> own = bench.constant(new long[] {2, 1}, 1, 1);
    Operand<TFloat32> oneClass = bench.constant(new long[] {2, 1}, 1, 1);

    assertThat(
            bench
                .value(
                    new ClassAlignment(bench.tf(), oneClass, Kernel.LINEAR)
                        .hidden(identity(1), "fc1", input, own))[0])
        .isZero();
    assertThat(
            bench
                .value(
                    new ClassAlignment(bench.tf(), oneClass, Kernel.GAUSSIAN)
                        .hidden(identity(1), "fc1", input, own))[0])
        .isCloseTo((float) ((2 + 2 * Math.exp(-4)) / 4 + 1 - 2 * Math.exp(-1)), within(1e-5f));
  }

  @Test
  void equalLayersHaveNoDistance() {
    for (Kernel kernel : Kernel.values()) {
      Operand<TFloat32> d =
          new ClassAlignment(bench.tf(), labels(true, true), kernel)
              .hidden(auxiliary("fc1"), "fc1", o.value(), auxiliaryOutput());
      assertThat(bench.value(d)[0]).as("%s", kernel).isCloseTo(0, within(1e-6f));
    }
  }
}
