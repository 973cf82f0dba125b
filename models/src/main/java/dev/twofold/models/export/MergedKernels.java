package dev.twofold.models.export;

import dev.twofold.models.EnumNames;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import dev.twofold.models.methods.MtalSettings;
import dev.twofold.models.methods.MtalSettings.Similarity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;

/**
 * MTAL's columns with one kernel in place of each pair of mutually most similar ones.
 *
 * <p>For each layer and pair of columns a &lt; b with kernels of equal size, i and j are a pair
 * when each is the other's best by eq. (3) of [A] on K̃ and S_ij exceeds ρ. Pairs are joined in the
 * order of their similarity, as long as no kernel would stand for two of one column; the kernels
 * that are joined become their mean. Mutual pairs form no giant components, which merging would
 * take to chance. Biases stay: two channels with different ones stay two channels, so storage
 * shrinks and computation does not.
 */
public final class MergedKernels {
  private static final double MIN_NORM = 1e-12;

  /**
   * A layer's kernels, each stored once.
   *
   * @param bank [kh, kw, Cin, N]
   * @param index for each column, its kernels' places in the bank; null where a column's kernels
   *     have another size and are its own
   */
  public record Layer(String name, Weight bank, List<int[]> index) {

    /** The kernels of a column, as the network runs on them. */
    public Weight column(int t) {
      return Channels.keep(bank, 3, index.get(t));
    }
  }

  private final List<Layer> layers;
  private final List<Weights> columns;

  private MergedKernels(List<Layer> layers, List<Weights> columns) {
    this.layers = layers;
    this.columns = columns;
  }

  /**
   * Merges.
   *
   * @param convolutions names of the layers, such as conv1_1
   * @param columns effective parameters of each task's network: K̃
   * @param settings of the training: ρ
   * @param share whether two columns, by number, may share kernels
   * @throws IllegalArgumentException with {@code similarity: change}, whose ρ is of changes since
   *     the start, which is not kept
   */
  public static MergedKernels of(
      List<String> convolutions,
      List<Weights> columns,
      MtalSettings settings,
      BiPredicate<Integer, Integer> share) {
    if (settings.similarity() != Similarity.KERNEL) {
      throw new IllegalArgumentException(
          "Cannot merge kernels of mtal with similarity: %s: its threshold is of what training has added to the kernels, and their start is not kept (must be similarity: %s, or an export without --merged)"
              .formatted(EnumNames.of(settings.similarity()), EnumNames.of(Similarity.KERNEL)));
    }
    List<Layer> layers = new ArrayList<>();
    for (String name : convolutions) {
      List<Weight> kernels = columns.stream().map(column -> column.get(name + "/kernel")).toList();
      layers.addAll(merge(name, kernels, settings.threshold(), share));
    }
    return new MergedKernels(List.copyOf(layers), List.copyOf(columns));
  }

  /** Layers, or parts of one with kernels of equal size. */
  public List<Layer> layers() {
    return layers;
  }

  /** What a column keeps for itself: everything but its kernels. */
  public Weights own(int t) {
    Weights own = new Weights();
    columns
        .get(t)
        .all()
        .forEach(
            (name, weight) -> {
              if (layers.stream().noneMatch(layer -> name.equals(layer.name() + "/kernel"))) {
                own.put(name, weight);
              }
            });
    return own;
  }

  /** 1 − kernels that are stored / kernels. */
  public double compression() {
    double kernels = layers.stream().mapToInt(MergedKernels::kernels).sum();
    return 1 - layers.stream().mapToInt(MergedKernels::stored).sum() / kernels;
  }

  /** Kernels of all columns in a layer. */
  public static int kernels(Layer layer) {
    return layer.index().stream().mapToInt(index -> index == null ? 0 : index.length).sum();
  }

  /** Kernels that are stored for a layer. */
  public static int stored(Layer layer) {
    return (int) layer.bank().shape()[3];
  }

  /** A bank for each size of kernel. */
  private static List<Layer> merge(
      String name, List<Weight> kernels, double threshold, BiPredicate<Integer, Integer> share) {
    Map<Integer, List<Integer>> bySize = new LinkedHashMap<>();
    for (int t = 0; t < kernels.size(); t++) {
      bySize.computeIfAbsent(rowLength(kernels.get(t)), size -> new ArrayList<>()).add(t);
    }
    List<Layer> layers = new ArrayList<>();
    for (List<Integer> members : bySize.values()) {
      layers.add(merge(name, kernels, members, threshold, share));
    }
    return layers;
  }

  private static int rowLength(Weight kernel) {
    return kernel.values().length / out(kernel);
  }

  private static int out(Weight kernel) {
    return (int) kernel.shape()[kernel.shape().length - 1];
  }

  private static Layer merge(
      String name,
      List<Weight> kernels,
      List<Integer> members,
      double threshold,
      BiPredicate<Integer, Integer> share) {
    Components components = new Components(members.stream().map(t -> out(kernels.get(t))).toList());
    List<Pair> pairs = new ArrayList<>();
    for (int a = 0; a < members.size(); a++) {
      for (int b = a + 1; b < members.size(); b++) {
        if (share.test(members.get(a), members.get(b))) {
          pairs.addAll(
              mutual(a, kernels.get(members.get(a)), b, kernels.get(members.get(b)), threshold));
        }
      }
    }
    pairs.stream()
        .sorted(Comparator.comparingDouble(Pair::similarity).reversed())
        .forEach(components::join);

    float[] bank = new float[rowLength(kernels.get(members.get(0))) * components.count()];
    List<int[]> index = new ArrayList<>(Collections.nCopies(kernels.size(), null));
    for (int a = 0; a < members.size(); a++) {
      Weight kernel = kernels.get(members.get(a));
      int[] places = components.places(a);
      index.set(members.get(a), places);
      addShare(kernel, places, components, bank);
    }
    long[] shape = kernels.get(members.get(0)).shape().clone();
    shape[3] = components.count();
    return new Layer(name, new Weight(shape, bank), index);
  }

  /** Adds each kernel divided by the number of those that it is merged with. */
  private static void addShare(Weight kernel, int[] places, Components components, float[] bank) {
    int out = out(kernel);
    int[] sizes = components.sizes();
    for (int i = 0; i < kernel.values().length; i++) {
      int place = places[i % out];
      bank[i / out * sizes.length + place] += kernel.values()[i] / sizes[place];
    }
  }

  /** Two kernels, i of column a and j of column b. */
  private record Pair(int a, int i, int b, int j, double similarity) {}

  private static List<Pair> mutual(int a, Weight ofA, int b, Weight ofB, double threshold) {
    double[][] s = similarities(ofA, ofB); // [Cout_a, Cout_b]
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < s.length; i++) {
      int j = best(s[i]);
      double[] back = new double[s.length];
      for (int k = 0; k < s.length; k++) {
        back[k] = s[k][j];
      }
      if (best(back) == i && s[i][j] > threshold) {
        pairs.add(new Pair(a, i, b, j, s[i][j]));
      }
    }
    return pairs;
  }

  /** Eq. (3) of [A], clamped. */
  private static double[][] similarities(Weight ofA, Weight ofB) {
    int outA = out(ofA);
    int outB = out(ofB);
    double[] normA = norms(ofA);
    double[] normB = norms(ofB);
    double[][] s = new double[outA][outB];
    for (int d = 0; d < rowLength(ofA); d++) {
      for (int i = 0; i < outA; i++) {
        double x = ofA.values()[d * outA + i] / normA[i];
        for (int j = 0; j < outB; j++) {
          s[i][j] += x * ofB.values()[d * outB + j] / normB[j];
        }
      }
    }
    for (double[] row : s) {
      Arrays.setAll(row, j -> Math.max(-1, Math.min(1, row[j])));
    }
    return s;
  }

  private static double[] norms(Weight kernel) {
    double[] norms = new double[out(kernel)];
    for (int i = 0; i < kernel.values().length; i++) {
      norms[i % norms.length] += (double) kernel.values()[i] * kernel.values()[i];
    }
    Arrays.setAll(norms, i -> Math.max(MIN_NORM, Math.sqrt(norms[i])));
    return norms;
  }

  /** The first of the highest. */
  private static int best(double[] values) {
    int best = 0;
    for (int k = 1; k < values.length; k++) {
      best = values[k] > values[best] ? k : best;
    }
    return best;
  }

  /** Kernels that have become one, each of another column. */
  private static final class Components {
    private final List<int[]> component = new ArrayList<>();
    private final Map<Integer, List<Integer>> columns = new LinkedHashMap<>();

    /** Every kernel by itself. */
    Components(List<Integer> sizes) {
      int next = 0;
      for (int a = 0; a < sizes.size(); a++) {
        int[] own = new int[sizes.get(a)];
        for (int i = 0; i < own.length; i++) {
          own[i] = next;
          columns.put(next++, List.of(a));
        }
        component.add(own);
      }
    }

    void join(Pair pair) {
      int to = component.get(pair.a())[pair.i()];
      int from = component.get(pair.b())[pair.j()];
      if (columns.get(to).stream().noneMatch(columns.get(from)::contains)) {
        List<Integer> joined = new ArrayList<>(columns.get(to));
        joined.addAll(columns.remove(from));
        columns.put(to, joined);
        component.forEach(own -> Arrays.setAll(own, i -> own[i] == from ? to : own[i]));
      }
    }

    int count() {
      return columns.size();
    }

    /** Where a column's kernels stand in the bank. */
    int[] places(int a) {
      List<Integer> order = List.copyOf(columns.keySet());
      return Arrays.stream(component.get(a)).map(order::indexOf).toArray();
    }

    /** How many kernels stand in each place of the bank. */
    int[] sizes() {
      return columns.values().stream().mapToInt(List::size).toArray();
    }
  }
}
