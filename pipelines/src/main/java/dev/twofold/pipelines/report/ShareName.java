package dev.twofold.pipelines.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The parts of a metric's name that tells what columns share or leave out: {@code sharing/conv1},
 * {@code sharing/twin/total}, {@code compression/conv1}, {@code compression/excess/total}, {@code
 * sparsity/amazon/conv1}, {@code sharing_pairs/conv1 amazon to webcam}; and what they are beside
 * that: {@code twin_cosine/conv1}, {@code sparsity_mask_mean/amazon/conv1}.
 *
 * @param family {@code sharing}, {@code sharing_pairs}, {@code compression}, {@code sparsity} or
 *     {@code mask}
 * @param qualifier what of it: {@code twin}, a task, both, a pair of tasks, or empty for all
 * @param layer empty for the whole network
 */
record ShareName(String family, String qualifier, String layer) {

  private static final String PAIRS = "sharing_pairs";
  private static final String EXCESS = "excess";
  private static final String TWIN_COSINE = "twin cosine";

  /** What DAMTL's masks Ψ and their base W are, of no scale that layers share. */
  private static final String MASK = "mask";

  private static final Map<String, String> MASK_VALUES =
      Map.of(
          "sparsity_mask_mean", "mean",
          "sparsity_mask_deviation", "deviation",
          "sparsity_mask_p05", "quantile .05",
          "sparsity_mask_median", "median",
          "sparsity_mask_p95", "quantile .95",
          "sparsity_start_correlation", "correlation with the start",
          "sparsity_base_norm", "norm of the base");
  private static final Set<String> FAMILIES = Set.of("sharing", "compression", "sparsity");
  private static final Set<String> QUALIFIERS =
      Set.of("twin", "non-twin", EXCESS, "channels", "multiply_adds");

  /** Parts of a metric's name, if it is one of these. */
  static Optional<ShareName> parse(String metric, Collection<String> tasks) {
    List<String> segments = new ArrayList<>(List.of(metric.split("/")));
    String family = segments.remove(0);
    if (family.equals(PAIRS)) {
      String[] layerAndPair = segments.get(0).split(" ", 2);
      return Optional.of(new ShareName(PAIRS, layerAndPair[1], layerAndPair[0]));
    }
    if (family.equals("twin_cosine")) {
      segments.remove("total");
      return Optional.of(new ShareName("sharing", TWIN_COSINE, String.join("/", segments)));
    }
    if (MASK_VALUES.containsKey(family)) {
      String task = segments.remove(0);
      String qualifier = task + ", " + MASK_VALUES.get(family);
      return Optional.of(new ShareName(MASK, qualifier, String.join("/", segments)));
    }
    if (!FAMILIES.contains(family)) {
      return Optional.empty();
    }
    List<String> qualifiers =
        segments.stream().filter(s -> QUALIFIERS.contains(s) || tasks.contains(s)).toList();
    segments.removeAll(qualifiers);
    segments.remove("total");
    return Optional.of(
        new ShareName(family, String.join(" ", qualifiers), String.join("/", segments)));
  }

  /** Whether a family's values are parts of a whole, to be shaded on a scale from 0 to 1. */
  static boolean ofFractions(String family) {
    return !family.equals(MASK);
  }

  /** Whether it may be below 0 all the same, and is no line on an axis from 0 to 1. */
  boolean mayBeNegative() {
    return qualifier.equals(EXCESS) || qualifier.equals(TWIN_COSINE);
  }

  boolean wholeNetwork() {
    return layer.isEmpty();
  }

  /** Family and qualifier for a caption. */
  String title() {
    return qualifier.isEmpty() ? family : family + " · " + qualifier;
  }
}
