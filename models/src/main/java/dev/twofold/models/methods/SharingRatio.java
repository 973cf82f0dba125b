package dev.twofold.models.methods;

import dev.twofold.models.Reporter;
import dev.twofold.models.layers.Variable;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * How much MTAL's columns share ([A], Table 6): kernels with at least one partner / all kernels,
 * per layer and in total; the same by twins (equal index in the other column) and by others;
 * compression = 1 − components / kernels, where kernels that are partners are one component, and
 * its excess over what twins alone give: 1 − G/T of a layer whose columns are G groups, each of one
 * prior group and one D; mean cosine of twins; for each ordered pair of tasks that may share,
 * kernels of the first with a partner in the second.
 */
final class SharingRatio implements Reporter {
  private final List<SharedLayer> layers;
  private final List<String> tasks;

  /**
   * Reports on layers.
   *
   * @param tasks names of the columns
   */
  SharingRatio(List<SharedLayer> layers, List<String> tasks) {
    this.layers = layers;
    this.tasks = tasks;
  }

  @Override
  public Set<Variable> reads() {
    Set<Variable> reads = new LinkedHashSet<>();
    for (SharedLayer layer : layers) {
      for (int a = 0; a < layer.columns(); a++) {
        reads.add(layer.kernel(a));
        for (int b = 0; b < layer.columns(); b++) {
          layer.partners(a, b).ifPresent(reads::add);
        }
      }
    }
    return reads;
  }

  /** Counts of one layer, or of all. */
  private static final class Tally {
    private int kernels;
    private int shared;
    private int twin;
    private int nonTwin;
    private int components;
    private double componentsOfTwins;
    private double twinCosine;
    private int twins;

    void add(Tally other) {
      kernels += other.kernels;
      shared += other.shared;
      twin += other.twin;
      nonTwin += other.nonTwin;
      components += other.components;
      componentsOfTwins += other.componentsOfTwins;
      twinCosine += other.twinCosine;
      twins += other.twins;
    }

    double compression() {
      return 1 - (double) components / kernels;
    }

    /** Of the compression over that of twins alone. */
    double excess() {
      return (componentsOfTwins - components) / kernels;
    }
  }

  @Override
  public Map<String, Double> measure(Function<Variable, float[]> values) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    Tally total = new Tally();
    for (SharedLayer layer : layers) {
      Tally tally = tally(layer, values);
      total.add(tally);
      put(metrics, layer.name(), tally);
      putPairs(metrics, layer, values);
    }
    put(metrics, "total", total);
    return metrics;
  }

  /** Numbers of each kernel's twins and of its other partners: {@code <task>/<layer>} [Cout, 2]. */
  @Override
  public Weights details(Function<Variable, float[]> values) {
    Weights details = new Weights();
    for (int a = 0; a < tasks.size(); a++) {
      for (SharedLayer layer : layers) {
        details.put(tasks.get(a) + "/" + layer.name(), counts(layer, values, a));
      }
    }
    return details;
  }

  private static Weight counts(SharedLayer layer, Function<Variable, float[]> values, int a) {
    float[] counts = new float[2 * layer.out(a)];
    for (int i = 0; i < layer.out(a); i++) {
      for (int b = 0; b < layer.columns(); b++) {
        for (int j : partners(layer, values, a, i, b)) {
          counts[2 * i + (isTwin(a, i, b, j) ? 0 : 1)]++;
        }
      }
    }
    return new Weight(new long[] {layer.out(a), 2}, counts);
  }

  private static boolean isTwin(int a, int i, int b, int j) {
    return a != b && i == j;
  }

  private static void put(Map<String, Double> metrics, String layer, Tally tally) {
    metrics.put("sharing/" + layer, (double) tally.shared / tally.kernels);
    metrics.put("sharing/twin/" + layer, (double) tally.twin / tally.kernels);
    metrics.put("sharing/non-twin/" + layer, (double) tally.nonTwin / tally.kernels);
    metrics.put("compression/" + layer, tally.compression());
    metrics.put("compression/excess/" + layer, tally.excess());
    if (tally.twins > 0) {
      metrics.put("twin_cosine/" + layer, tally.twinCosine / tally.twins);
    }
  }

  private void putPairs(
      Map<String, Double> metrics, SharedLayer layer, Function<Variable, float[]> values) {
    for (int a = 0; a < layer.columns(); a++) {
      for (int b = 0; b < layer.columns(); b++) {
        if (a != b && layer.partners(a, b).isPresent()) {
          int shared = 0;
          for (int i = 0; i < layer.out(a); i++) {
            shared += partners(layer, values, a, i, b).isEmpty() ? 0 : 1;
          }
          metrics.put(
              "sharing_pairs/%s %s to %s".formatted(layer.name(), tasks.get(a), tasks.get(b)),
              (double) shared / layer.out(a));
        }
      }
    }
  }

  private static Tally tally(SharedLayer layer, Function<Variable, float[]> values) {
    Tally tally = new Tally();
    int[] offsets = offsets(layer);
    Components components = new Components(offsets[layer.columns()]);
    tally.kernels = offsets[layer.columns()];
    for (int a = 0; a < layer.columns(); a++) {
      for (int i = 0; i < layer.out(a); i++) {
        boolean twin = false;
        boolean nonTwin = false;
        for (int b = 0; b < layer.columns(); b++) {
          for (int j : partners(layer, values, a, i, b)) {
            components.join(offsets[a] + i, offsets[b] + j);
            twin |= isTwin(a, i, b, j);
            nonTwin |= !isTwin(a, i, b, j);
          }
        }
        tally.shared += twin || nonTwin ? 1 : 0;
        tally.twin += twin ? 1 : 0;
        tally.nonTwin += nonTwin ? 1 : 0;
      }
    }
    tally.components = components.count();
    tally.componentsOfTwins = (double) tally.kernels * layer.groups() / layer.columns();
    addTwinCosines(layer, values, tally);
    return tally;
  }

  private static List<Integer> partners(
      SharedLayer layer, Function<Variable, float[]> values, int a, int i, int b) {
    Optional<Variable> selection = layer.partners(a, b);
    return selection.isEmpty() ? List.of() : layer.partnersOf(values.apply(selection.get()), i, b);
  }

  private static int[] offsets(SharedLayer layer) {
    int[] offsets = new int[layer.columns() + 1];
    for (int a = 0; a < layer.columns(); a++) {
      offsets[a + 1] = offsets[a] + layer.out(a);
    }
    return offsets;
  }

  private static void addTwinCosines(
      SharedLayer layer, Function<Variable, float[]> values, Tally tally) {
    for (int a = 0; a < layer.columns(); a++) {
      for (int b = a + 1; b < layer.columns(); b++) {
        if (layer.partners(a, b).isPresent()) {
          float[] first = values.apply(layer.kernel(a));
          float[] second = values.apply(layer.kernel(b));
          for (double cosine : cosines(first, second, layer.out(a), layer.out(b))) {
            tally.twinCosine += cosine;
            tally.twins++;
          }
        }
      }
    }
  }

  /** Of kernels of equal index; kernels lie along the last axis. */
  private static List<Double> cosines(float[] first, float[] second, int outA, int outB) {
    List<Double> cosines = new ArrayList<>();
    for (int i = 0; i < Math.min(outA, outB); i++) {
      double dot = 0;
      double squareA = 0;
      double squareB = 0;
      for (int d = 0; d < first.length / outA; d++) {
        double x = first[d * outA + i];
        double y = second[d * outB + i];
        dot += x * y;
        squareA += x * x;
        squareB += y * y;
      }
      cosines.add(dot / Math.max(1e-12, Math.sqrt(squareA) * Math.sqrt(squareB)));
    }
    return cosines;
  }

  /** Connected components by union-find. */
  private static final class Components {
    private final int[] parent;
    private int count;

    Components(int size) {
      parent = new int[size];
      count = size;
      for (int i = 0; i < size; i++) {
        parent[i] = i;
      }
    }

    void join(int x, int y) {
      int rootX = root(x);
      int rootY = root(y);
      if (rootX != rootY) {
        parent[rootX] = rootY;
        count--;
      }
    }

    private int root(int x) {
      int root = x;
      while (parent[root] != root) {
        parent[root] = parent[parent[root]];
        root = parent[root];
      }
      return root;
    }

    int count() {
      return count;
    }
  }
}
