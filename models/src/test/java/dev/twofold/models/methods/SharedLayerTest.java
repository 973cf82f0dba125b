package dev.twofold.models.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.models.Bench;
import dev.twofold.models.Golden;
import dev.twofold.models.layers.Role;
import dev.twofold.models.layers.Variable;
import dev.twofold.models.losses.Losses;
import dev.twofold.models.methods.MtalSettings.Pick;
import dev.twofold.models.methods.MtalSettings.Similarity;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Eqs. (3)–(6) of [A]; golden.json, sections mtal, mtal_hwio and mtal_twins. */
class SharedLayerTest {
  private final Bench bench = new Bench();

  @AfterEach
  void close() {
    bench.close();
  }

  static Stream<JsonNode> cases() {
    return StreamSupport.stream(Golden.section("mtal").get("cases").spliterator(), false);
  }

  static Stream<JsonNode> casesWithGradient() {
    return cases().filter(golden -> golden.has("gradient"));
  }

  /** A case's layer with its partners selected; the number of kernels differs between columns. */
  static SharedLayer layer(Bench bench, JsonNode golden, MtalSettings settings) {
    return layer(bench, "conv", golden, settings);
  }

  /** As above, of this name. */
  static SharedLayer layer(Bench bench, String name, JsonNode golden, MtalSettings settings) {
    List<Variable> kernels = new ArrayList<>();
    for (JsonNode rows : golden.get("kernels")) {
      kernels.add(column(bench, "%s/task%d".formatted(name, kernels.size()), rows));
    }
    return selected(bench, name, kernels, settings);
  }

  static MtalSettings settings(JsonNode golden) {
    return all(
        golden.get("rho").asDouble(),
        golden.get("alpha").asDouble(),
        golden.get("beta").asDouble(),
        golden.get("intra").asBoolean());
  }

  private static MtalSettings all(double rho, double alpha, double beta, boolean within) {
    return new MtalSettings(rho, alpha, beta, Pick.ALL, Similarity.KERNEL, within, 1, null);
  }

  private static MtalSettings mutual(double rho) {
    return new MtalSettings(rho, 0.5, 0.5, Pick.MUTUAL, Similarity.KERNEL, false, 1, null);
  }

  private static SharedLayer selected(Bench bench, List<Variable> kernels, MtalSettings settings) {
    return selected(bench, "conv", kernels, settings);
  }

  private static SharedLayer selected(
      Bench bench, String name, List<Variable> kernels, MtalSettings settings) {
    SharedLayer layer =
        new SharedLayer(bench.net(), name, kernels, settings, PriorGroups.none(kernels.size()));
    bench.initialise();
    bench.run(layer.selections());
    return layer;
  }

  /** Rows [Cout, D] as TensorFlow has them, [1, 1, D, Cout]. */
  private static Variable column(Bench bench, String name, JsonNode rows) {
    int out = rows.size();
    int length = rows.get(0).size();
    return bench.variable(
        name,
        Role.KERNEL,
        new long[] {1, 1, length, out},
        transposed(Golden.floats(rows), out, length));
  }

  private static float[] transposed(float[] values, int rows, int columns) {
    float[] transposed = new float[values.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        transposed[column * rows + row] = values[row * columns + column];
      }
    }
    return transposed;
  }

  /** [task, kernel] of each partner, for each kernel of a column. */
  private List<List<List<Integer>>> partners(SharedLayer layer, int a) {
    List<List<List<Integer>>> partners = new ArrayList<>();
    for (int i = 0; i < layer.out(a); i++) {
      List<List<Integer>> ofKernel = new ArrayList<>();
      for (int b = 0; b < layer.columns(); b++) {
        if (layer.partners(a, b).isPresent()) {
          float[] selection = bench.value(layer.partners(a, b).get().value());
          for (int j : layer.partnersOf(selection, i, b)) {
            ofKernel.add(List.of(b, j));
          }
        }
      }
      partners.add(ofKernel);
    }
    return partners;
  }

  private static List<List<List<Integer>>> pairs(JsonNode column) {
    List<List<List<Integer>>> pairs = new ArrayList<>();
    for (JsonNode kernel : column) {
      List<List<Integer>> ofKernel = new ArrayList<>();
      kernel.forEach(pair -> ofKernel.add(List.of(pair.get(0).asInt(), pair.get(1).asInt())));
      pairs.add(ofKernel);
    }
    return pairs;
  }

  /** S itself is no output, but M at thresholds around each of its values tells it. */
  @ParameterizedTest
  @MethodSource("cases")
  void similarityIsTheCosineOfTwoKernels(JsonNode golden) {
    float[] similarity = Golden.floats(golden.get("similarity01"));
    for (float value : List.of(1f, 0.7071068f, 0f, -0.7071068f)) {
      for (float rho : List.of(value - 1e-4f, Math.min(1, value + 1e-4f))) {
        try (Bench single = new Bench()) {
          SharedLayer layer = layer(single, golden, all(rho, 0.5, 0.5, false));
          float[] m = single.value(layer.partners(0, 1).orElseThrow().value());

          for (int i = 0; i < similarity.length; i++) {
            assertThat(m[i])
                .as("Eqs. (3), (4): S = %s > ρ = %s", similarity[i], rho)
                .isEqualTo(similarity[i] > rho ? 1 : 0);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void partnersAreThoseAboveTheThreshold(JsonNode golden) {
    SharedLayer layer = layer(bench, golden, settings(golden));

    for (int a = 0; a < layer.columns(); a++) {
      assertThat(partners(layer, a))
          .as("Eq. (4), column %d of %s", a, golden.get("name"))
          .isEqualTo(pairs(golden.get("partners").get(a)));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void kernelsBecomeTheMeanOfTheirPairs(JsonNode golden) {
    SharedLayer layer = layer(bench, golden, settings(golden));

    for (int a = 0; a < layer.columns(); a++) {
      JsonNode rows = golden.get("expected").get(a);
      assertThat(transposed(bench.value(layer.aggregate(bench.tf(), a)), 2, rows.size()))
          .as("Eqs. (5), (6), column %d of %s", a, golden.get("name"))
          .containsExactly(Golden.floats(rows), within(1e-6f));
    }
  }

  @ParameterizedTest
  @MethodSource("casesWithGradient")
  void theGradientFlowsToBothPartners(JsonNode golden) {
    SharedLayer layer = layer(bench, golden, settings(golden));
    List<Operand<TFloat32>> terms = new ArrayList<>();
    List<Operand<TFloat32>> kernels = new ArrayList<>();
    for (int a = 0; a < layer.columns(); a++) {
      terms.add(
          weighted(
              layer.aggregate(bench.tf(), a), rows(golden.get("upstream").get(a)), layer.out(a)));
      kernels.add(layer.kernel(a).value());
    }
    List<Operand<TFloat32>> gradients = bench.gradients(bench.tf().math.addN(terms), kernels);

    for (int a = 0; a < layer.columns(); a++) {
      assertThat(bench.value(gradients.get(a)))
          .as("∂/∂K of eq. (6), column %d of %s", a, golden.get("name"))
          .containsExactly(rows(golden.get("gradient").get(a)), within(1e-6f));
    }
  }

  private static float[] rows(JsonNode rows) {
    return transposed(Golden.floats(rows), rows.size(), rows.get(0).size());
  }

  /** Σ upstream ⊙ K̃, whose gradient with respect to K̃ is upstream. */
  private Operand<TFloat32> weighted(Operand<TFloat32> kernel, float[] upstream, int out) {
    long[] shape = {1, 1, upstream.length / out, out};
    return Losses.sum(bench.tf(), bench.tf().math.mul(kernel, bench.constant(shape, upstream)));
  }

  @Test
  void twinsReceiveOneGradient() {
    JsonNode golden = Golden.section("mtal_twins");
    JsonNode rows = golden.get("kernels");
    for (Pick pick : Pick.values()) {
      try (Bench single = new Bench()) {
        List<Variable> twins = List.of(column(single, "a", rows), column(single, "b", rows));
        SharedLayer layer =
            selected(
                single,
                twins,
                new MtalSettings(0.4, 0.5, 0.5, pick, Similarity.KERNEL, false, 1, null));
        Operand<TFloat32> loss =
            single
                .tf()
                .math
                .add(
                    upstream(single, layer, 0, golden.get("upstream_a")),
                    upstream(single, layer, 1, golden.get("upstream_b")));
        List<Operand<TFloat32>> gradients =
            single.gradients(loss, twins.stream().map(Variable::value).toList());

        for (Operand<TFloat32> gradient : gradients) {
          assertThat(single.value(gradient))
              .as("half the sum of the two gradients, pick %s", pick)
              .containsExactly(rows(golden.get("gradient_of_both")));
        }
      }
    }
  }

  private static Operand<TFloat32> upstream(
      Bench bench, SharedLayer layer, int a, JsonNode upstream) {
    return Losses.sum(
        bench.tf(),
        bench
            .tf()
            .math
            .mul(
                layer.aggregate(bench.tf(), a),
                bench.constant(new long[] {1, 1, 2, 2}, rows(upstream))));
  }

  @Test
  void kernelsInTensorFlowsOrderShareTheSame() {
    JsonNode golden = Golden.section("mtal_hwio");
    List<Variable> kernels = new ArrayList<>();
    for (String column : List.of("a", "b")) {
      JsonNode kernel = golden.get(column);
      kernels.add(bench.variable(column, Role.KERNEL, Golden.shape(kernel), Golden.floats(kernel)));
    }
    SharedLayer layer =
        selected(bench, kernels, all(golden.get("rho").asDouble(), 0.5, 0.5, false));

    for (int a = 0; a < 2; a++) {
      String column = a == 0 ? "a" : "b";
      assertThat(partners(layer, a)).isEqualTo(pairs(golden.get("partners").get(a)));
      assertThat(bench.value(layer.aggregate(bench.tf(), a)))
          .as("Eq. (6), [kh, kw, Cin, Cout] of column %s", column)
          .containsExactly(Golden.floats(golden.get("expected_" + column)), within(1e-6f));
    }
  }

  /**
   * S of the first golden case: rows [1, −.71], [0, .71], [.71, 0]. Kernel 2 of task 0 would take
   * kernel 0 of task 1, whose best is kernel 0.
   */
  @Test
  void mutualPartnersAreEachOthersBest() {
    SharedLayer layer = layer(bench, cases().findFirst().orElseThrow(), mutual(0.6));

    assertThat(partners(layer, 0))
        .isEqualTo(List.of(List.of(List.of(1, 0)), List.of(List.of(1, 1)), List.of()));
    assertThat(partners(layer, 1))
        .isEqualTo(List.of(List.of(List.of(0, 0)), List.of(List.of(0, 1))));
    assertThat(bench.value(layer.aggregate(bench.tf(), 0)))
        .as("½([1 0] + [2 0]), ½([0 1] + [−1 1]), [1 1] alone")
        .containsExactly(1.5f, -0.5f, 1, 0, 1, 1);
    assertThat(bench.value(layer.aggregate(bench.tf(), 1)))
        .as("½([2 0] + [1 0]), ½([−1 1] + [0 1])")
        .containsExactly(1.5f, -0.5f, 0, 1);
  }

  @Test
  void mutualPartnersExceedTheThresholdToo() {
    SharedLayer layer = layer(bench, cases().findFirst().orElseThrow(), mutual(0.8));

    assertThat(partners(layer, 0)).isEqualTo(List.of(List.of(List.of(1, 0)), List.of(), List.of()));
    assertThat(partners(layer, 1)).isEqualTo(List.of(List.of(List.of(0, 0)), List.of()));
  }

  @Test
  void tiesGoToTheLowestIndex() {
    Variable first = bench.variable("a", Role.KERNEL, new long[] {1, 1, 1, 2}, 1, 1);
    Variable second = bench.variable("b", Role.KERNEL, new long[] {1, 1, 1, 2}, 1, 1);
    SharedLayer layer = selected(bench, List.of(first, second), mutual(0.4));

    assertThat(partners(layer, 0)).isEqualTo(List.of(List.of(List.of(1, 0)), List.of()));
    assertThat(partners(layer, 1)).isEqualTo(List.of(List.of(List.of(0, 0)), List.of()));
  }

  @Test
  void columnsOfUnequalRowLengthShareNothing() {
    Variable colour =
        bench.variable("colour", Role.KERNEL, new long[] {1, 1, 3, 2}, 1, 2, 3, 4, 5, 6);
    Variable grey = bench.variable("grey", Role.KERNEL, new long[] {1, 1, 1, 2}, 1, 2);
    SharedLayer layer =
        new SharedLayer(
            bench.net(),
            "conv",
            List.of(colour, grey),
            all(0.4, 0.5, 0.5, false),
            PriorGroups.none(2));
    bench.initialise();

    assertThat(layer.selections()).isEmpty();
    assertThat(bench.value(layer.aggregate(bench.tf(), 0))).containsExactly(1, 2, 3, 4, 5, 6);
  }
}
