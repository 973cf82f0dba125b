package dev.twofold.models.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.models.Bench;
import dev.twofold.models.layers.Variable;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Table 6 of [A]; golden.json, section mtal. */
class SharingRatioTest {

  /** One kernel of a task's column. */
  private record Kernel(int task, int index) {}

  private final Bench bench = new Bench();

  @AfterEach
  void close() {
    bench.close();
  }

  static Stream<JsonNode> cases() {
    return SharedLayerTest.cases();
  }

  private Map<String, Double> measured(JsonNode golden) {
    return bench.measured(ratio(golden));
  }

  private SharingRatio ratio(JsonNode golden) {
    return ratio(golden, SharedLayerTest.layer(bench, golden, SharedLayerTest.settings(golden)));
  }

  private static SharingRatio ratio(JsonNode golden, SharedLayer layer) {
    List<String> tasks =
        IntStream.range(0, golden.get("kernels").size()).mapToObj(t -> "t" + t).toList();
    return new SharingRatio(List.of(layer), tasks);
  }

  private static JsonNode named(String name) {
    return cases().filter(c -> c.get("name").asText().equals(name)).findFirst().orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void sharingIsTheFractionOfKernelsWithPartners(JsonNode golden) {
    Map<String, Double> metrics = measured(golden);

    assertThat(metrics.get("sharing/conv"))
        .isCloseTo(golden.get("sharing").asDouble(), within(1e-12));
    assertThat(metrics.get("sharing/total"))
        .isCloseTo(golden.get("sharing").asDouble(), within(1e-12));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void compressionCountsComponents(JsonNode golden) {
    int kernels = 0;
    for (JsonNode column : golden.get("kernels")) {
      kernels += column.size();
    }
    double compression = 1 - (double) golden.get("components").size() / kernels;
    Map<String, Double> metrics = measured(golden);

    assertThat(golden.get("compression").asDouble()).isCloseTo(compression, within(1e-12));
    assertThat(metrics.get("compression/conv")).isCloseTo(compression, within(1e-12));
    assertThat(metrics.get("compression/total")).isCloseTo(compression, within(1e-12));
    for (String of : List.of("conv", "total")) {
      assertThat(metrics.get("compression/excess/" + of))
          .as("over the 1 − 1/T of twins, of %s", of)
          .isCloseTo(compression - (1 - 1.0 / golden.get("kernels").size()), within(1e-12));
    }
  }

  /**
   * Which kernels a component holds is no output, but compression tells it: to make two kernels
   * partners changes nothing if one component holds both, and otherwise joins two components.
   */
  @ParameterizedTest
  @MethodSource("cases")
  void componentsHoldTheKernelsThatPartnersConnect(JsonNode golden) {
    SharedLayer layer = SharedLayerTest.layer(bench, golden, SharedLayerTest.settings(golden));
    SharingRatio ratio = ratio(golden, layer);
    Map<Variable, float[]> values = new HashMap<>();
    ratio.reads().forEach(variable -> values.put(variable, bench.value(variable.value())));
    Map<Kernel, Integer> components = components(golden);

    for (Kernel x : components.keySet()) {
      for (Kernel y : components.keySet()) {
        Optional<Variable> m = layer.partners(x.task(), y.task());
        if (m.isPresent()) {
          Map<Variable, float[]> joined = new HashMap<>(values);
          joined.put(
              m.get(), with(values.get(m.get()), x.index() * layer.out(y.task()) + y.index()));
          int fewer = components.get(x).equals(components.get(y)) ? 0 : 1;
          assertThat(ratio.measure(joined::get).get("compression/conv"))
              .as("%s and %s of %s", x, y, golden.get("name"))
              .isCloseTo(
                  golden.get("compression").asDouble() + (double) fewer / components.size(),
                  within(1e-12));
        }
      }
    }
  }

  /** The component of each kernel, by its number in the golden case. */
  private static Map<Kernel, Integer> components(JsonNode golden) {
    Map<Kernel, Integer> components = new LinkedHashMap<>();
    int component = 0;
    for (JsonNode kernels : golden.get("components")) {
      for (JsonNode kernel : kernels) {
        components.put(new Kernel(kernel.get(0).asInt(), kernel.get(1).asInt()), component);
      }
      component++;
    }
    return components;
  }

  /** M, [Cout_a, Cout_b], with this element set. */
  private static float[] with(float[] m, int element) {
    float[] with = m.clone();
    with[element] = 1;
    return with;
  }

  /** 2 of 5 kernels share, in 4 components, and 4 of 6, in 4: not the mean of both layers. */
  @Test
  void totalsAreOverTheKernelsOfAllLayers() {
    List<SharedLayer> layers =
        Stream.of("cross 0.8", "twins only")
            .map(SharingRatioTest::named)
            .map(
                golden ->
                    SharedLayerTest.layer(
                        bench,
                        golden.get("name").asText().replace(' ', '_'),
                        golden,
                        SharedLayerTest.settings(golden)))
            .toList();
    layers.forEach(layer -> bench.run(layer.selections()));
    Map<String, Double> metrics = bench.measured(new SharingRatio(layers, List.of("t0", "t1")));

    assertThat(metrics.get("sharing/cross_0.8")).isCloseTo(2 / 5.0, within(1e-12));
    assertThat(metrics.get("sharing/twins_only")).isCloseTo(4 / 6.0, within(1e-12));
    assertThat(metrics.get("sharing/total")).isCloseTo(6 / 11.0, within(1e-12));
    assertThat(metrics.get("compression/total")).isCloseTo(3 / 11.0, within(1e-12));
    assertThat(metrics.get("compression/excess/total"))
        .isCloseTo(3 / 11.0 - 1 / 2.0, within(1e-12));
  }

  /** Partners of "cross 0.6": 0–(1,0), 1–(1,1), 2–(1,0): kernel 2 of task 0 has no twin. */
  @Test
  void twinsAndOthersAreCountedApart() {
    Map<String, Double> metrics = measured(named("cross 0.6"));

    assertThat(metrics.get("sharing/twin/conv"))
        .as("all but kernel 2 of task 0")
        .isCloseTo(4 / 5.0, within(1e-12));
    assertThat(metrics.get("sharing/non-twin/conv"))
        .as("kernel 2 of task 0, kernel 0 of task 1")
        .isCloseTo(2 / 5.0, within(1e-12));
    assertThat(metrics.get("twin_cosine/conv"))
        .as("mean of 1 and √½")
        .isCloseTo((1 + Math.sqrt(0.5)) / 2, within(1e-6));
  }

  /** "cross 0.6" again: kernel 0 of task 1 has kernels 0 and 2 of task 0. */
  @Test
  void everyKernelsPartnersAreKept() {
    Weights details = bench.details(ratio(named("cross 0.6")));

    assertThat(details.all()).containsOnlyKeys("t0/conv", "t1/conv");
    assertThat(details.get("t0/conv").shape()).containsExactly(3, 2);
    assertThat(details.get("t0/conv").values()).containsExactly(1, 0, 1, 0, 0, 1);
    assertThat(details.get("t1/conv").values()).containsExactly(1, 1, 1, 0);
    assertThat(Partner.of(details.get("t0/conv")))
        .containsExactly(Partner.TWIN, Partner.TWIN, Partner.OTHER);
    assertThat(Partner.of(details.get("t1/conv"))).containsExactly(Partner.TWIN, Partner.TWIN);
  }

  @Test
  void aKernelWithoutPartnersSharesNothing() {
    Weight counts = new Weight(new long[] {3, 2}, new float[] {0, 0, 0, 2, 1, 0});

    assertThat(Partner.of(counts)).containsExactly(Partner.NONE, Partner.OTHER, Partner.TWIN);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void pairsOfTasksAreCountedApart(JsonNode golden) {
    Map<String, Double> metrics = measured(golden);
    JsonNode partners = golden.get("partners");
    for (int a = 0; a < partners.size(); a++) {
      for (int b = 0; b < partners.size(); b++) {
        if (a != b) {
          int shared = 0;
          for (JsonNode ofKernel : partners.get(a)) {
            shared += hasTask(ofKernel, b) ? 1 : 0;
          }
          assertThat(metrics.get("sharing_pairs/conv t%d to t%d".formatted(a, b)))
              .as("%d to %d", a, b)
              .isCloseTo((double) shared / partners.get(a).size(), within(1e-12));
        }
      }
    }
  }

  /** Whether one of these partners, each (task, kernel), is the task's. */
  private static boolean hasTask(JsonNode partners, int task) {
    for (JsonNode partner : partners) {
      if (partner.get(0).asInt() == task) {
        return true;
      }
    }
    return false;
  }

  /** Intra partners are never twins. */
  @Test
  void partnersWithinAColumnAreNoTwins() {
    Map<String, Double> metrics = measured(named("intra 0.6"));

    assertThat(metrics.get("sharing/twin/conv")).isCloseTo(4 / 5.0, within(1e-12));
    assertThat(metrics.get("sharing/non-twin/conv"))
        .as("all but kernel 1 of task 1, whose one partner is its twin")
        .isCloseTo(4 / 5.0, within(1e-12));
  }
}
