package dev.twofold.transforms.parquet;

import dev.twofold.transforms.artifacts.Sha256;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Says which side a row stands on: a pure function of (class, content, salt, fractions).
 *
 * <p>Within a class, distinct contents are ranked by SHA-256(salt TAB content); the lowest
 * round(fraction · n) of n are tested on. So every class gives its share, equal contents stay on
 * one side, and neither order nor shards matter. A validation cut takes its share of the ranks that
 * follow, and the tested ones stand on no side. Where the split names objects, these are ranked in
 * place of contents.
 */
public final class SplitFunction {
  private final Split split;
  private final Map<String, Set<String>> tested;
  private final Map<String, Set<String>> validated;

  private SplitFunction(
      Split split, Map<String, Set<String>> tested, Map<String, Set<String>> validated) {
    this.split = split;
    this.tested = tested;
    this.validated = validated;
  }

  /**
   * What the split looks at.
   *
   * @param unit what stands on one side as a whole: the SHA-256 of the content, or the object
   * @param sourceSplit {@code train}, {@code val}, {@code test}, or empty
   */
  public record Row(String className, String unit, String sourceSplit) {}

  /**
   * Ranks the contents, or the objects, of each class.
   *
   * @param rows all rows of the dataset
   */
  public static SplitFunction of(Split split, List<Row> rows) {
    Map<String, Set<String>> tested =
        switch (split.mode()) {
          case HASH ->
              lowest(
                  split,
                  split.test(),
                  rows.stream().filter(row -> isWanted(split, row.sourceSplit())));
          case SOURCE -> Map.of();
        };
    SplitFunction whole = new SplitFunction(split, tested, Map.of());
    if (split.validation() == null) {
      return whole;
    }
    Stream<Row> training =
        rows.stream().filter(row -> isWanted(split, row.sourceSplit()) && !whole.isTested(row));
    return new SplitFunction(split, tested, lowest(split, split.validation(), training));
  }

  /**
   * Whether the row stands on this side. On none are rows outside the wanted source splits, and
   * beside a validation cut those that would be tested on.
   */
  public boolean contains(Side side, Row row) {
    if (!isWanted(split, row.sourceSplit())) {
      return false;
    }
    if (split.validation() == null) {
      return side == (isTested(row) ? Side.TEST : Side.TRAIN);
    }
    return !isTested(row) && side == (isIn(validated, row) ? Side.TEST : Side.TRAIN);
  }

  private boolean isTested(Row row) {
    return switch (split.mode()) {
      case HASH -> isIn(tested, row);
      case SOURCE -> Split.HELD_OUT.contains(row.sourceSplit());
    };
  }

  private static boolean isIn(Map<String, Set<String>> units, Row row) {
    return units.getOrDefault(row.className(), Set.of()).contains(row.unit());
  }

  /** Whether rows of a source split stand on any side. */
  static boolean isWanted(Split split, String sourceSplit) {
    return split.only().isEmpty() || split.only().contains(sourceSplit);
  }

  /** Of each class, by the split's ranks. */
  private static Map<String, Set<String>> lowest(Split split, double fraction, Stream<Row> rows) {
    Map<String, Set<String>> units = new TreeMap<>();
    rows.forEach(
        row -> units.computeIfAbsent(row.className(), name -> new HashSet<>()).add(row.unit()));
    units.replaceAll(
        (name, distinct) ->
            ranked(split, distinct).stream()
                .limit(Math.round(fraction * distinct.size()))
                .collect(Collectors.toUnmodifiableSet()));
    return units;
  }

  /** Units in the order of their hash. */
  private static Collection<String> ranked(Split split, Set<String> distinct) {
    Map<String, String> byHash = new TreeMap<>();
    distinct.forEach(unit -> byHash.put(Sha256.of(split.salt() + "\t" + unit), unit));
    return byHash.values();
  }
}
