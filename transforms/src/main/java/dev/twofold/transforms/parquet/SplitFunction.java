package dev.twofold.transforms.parquet;

import dev.twofold.transforms.artifacts.Sha256;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Says which side a row stands on: a pure function of (class, content, salt, fraction).
 *
 * <p>Within a class, distinct contents are ranked by SHA-256(salt TAB content); the lowest
 * round(fraction · n) of n are tested on. So every class gives its share, equal contents stay on
 * one side, and neither order nor shards matter.
 */
public final class SplitFunction {
  private final Split split;
  private final Map<String, Set<String>> testContents;

  private SplitFunction(Split split, Map<String, Set<String>> testContents) {
    this.split = split;
    this.testContents = testContents;
  }

  /**
   * What the split looks at.
   *
   * @param sourceSplit {@code train}, {@code val}, {@code test}, or empty
   */
  public record Row(String className, String contentSha256, String sourceSplit) {}

  /**
   * Ranks the contents of each class.
   *
   * @param rows all rows of the dataset
   */
  public static SplitFunction of(Split split, List<Row> rows) {
    Map<String, Set<String>> contents = new TreeMap<>();
    rows.stream()
        .filter(row -> isWanted(split, row))
        .forEach(
            row ->
                contents
                    .computeIfAbsent(row.className(), name -> new TreeSet<>())
                    .add(row.contentSha256()));
    Map<String, Set<String>> testContents = new HashMap<>();
    contents.forEach((name, distinct) -> testContents.put(name, lowest(split, distinct)));
    return new SplitFunction(split, testContents);
  }

  /** Whether the row stands on this side; a row outside the wanted source splits is on none. */
  public boolean contains(Side side, Row row) {
    return isWanted(split, row) && sideOf(row) == side;
  }

  private Side sideOf(Row row) {
    boolean test =
        switch (split.mode()) {
          case HASH -> testContents.get(row.className()).contains(row.contentSha256());
          case SOURCE -> Split.HELD_OUT.contains(row.sourceSplit());
        };
    return test ? Side.TEST : Side.TRAIN;
  }

  private static boolean isWanted(Split split, Row row) {
    return split.only().isEmpty() || split.only().contains(row.sourceSplit());
  }

  private static Set<String> lowest(Split split, Set<String> contents) {
    long count = Math.round(split.test() * contents.size());
    return contents.stream()
        .sorted(Comparator.comparing(content -> Sha256.of(split.salt() + "\t" + content)))
        .limit(count)
        .collect(Collectors.toUnmodifiableSet());
  }
}
