package dev.twofold.transforms.sources;

import dev.twofold.models.Randomness;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;

/**
 * Which classes of a source become the dataset.
 *
 * @param names the classes, or empty for all
 * @param draw how many of them to draw, or 0 for all
 * @param seed of the draw
 */
public record ClassSelection(List<String> names, int draw, long seed) {

  public ClassSelection {
    names = List.copyOf(names);
    if (draw < 0) {
      throw new IllegalArgumentException(
          "Invalid class selection: draw %d (must not be negative)".formatted(draw));
    }
  }

  /**
   * The chosen classes, sorted.
   *
   * @throws DataRefusedException when the source lacks one of them, or has too few to draw from
   */
  public List<String> choose(String dataset, SortedSet<String> existing) {
    for (String name : names) {
      if (!existing.contains(name)) {
        throw new DataRefusedException(missing(dataset, name, existing));
      }
    }
    List<String> pool = names.isEmpty() ? List.copyOf(existing) : names.stream().sorted().toList();
    if (draw > pool.size()) {
      throw new DataRefusedException(
          "Cannot draw %d classes of dataset %s: it has %d (must be at most as many)"
              .formatted(draw, dataset, pool.size()));
    }
    return draw == 0 ? pool : drawFrom(pool);
  }

  /**
   * The chosen classes of a source, sorted.
   *
   * @param namesakes of its listing: {@link Listing#namesakes}
   * @throws DataRefusedException also when two classes would have the name of a chosen one; those
   *     that are not chosen may be called as they like
   */
  public List<String> choose(
      String dataset, SortedSet<String> existing, Map<String, List<String>> namesakes) {
    List<String> chosen = choose(dataset, existing);
    for (String name : chosen) {
      if (namesakes.containsKey(name)) {
        List<String> both = namesakes.get(name);
        throw new DataRefusedException(
            "Cannot read dataset %s: its classes %s and %s would both be named %s (give one of them another name in its class names)"
                .formatted(dataset, both.get(0), both.get(1), name));
      }
    }
    return chosen;
  }

  private List<String> drawFrom(List<String> pool) {
    int[] order = Randomness.permutation(pool.size(), Randomness.stream(seed, "classes"));
    return Arrays.stream(order).limit(draw).mapToObj(pool::get).sorted().toList();
  }

  private static String missing(String dataset, String name, SortedSet<String> existing) {
    String nearest =
        existing.stream()
            .min(
                Comparator.<String>comparingInt(candidate -> distance(name, candidate))
                    .thenComparing(candidate -> candidate))
            .map("; the nearest is %s"::formatted)
            .orElse("");
    return "Cannot find class %s in dataset %s: it has %d classes%s"
        .formatted(name, dataset, existing.size(), nearest);
  }

  /** Edits between two names; a name that contains the other is one edit away. */
  private static int distance(String wanted, String candidate) {
    String a = wanted.toLowerCase(Locale.ROOT);
    String b = candidate.toLowerCase(Locale.ROOT);
    return b.contains(a) || a.contains(b) ? 1 : levenshtein(a, b);
  }

  private static int levenshtein(String a, String b) {
    List<Integer> previous = new ArrayList<>();
    for (int j = 0; j <= b.length(); j++) {
      previous.add(j);
    }
    for (int i = 1; i <= a.length(); i++) {
      List<Integer> current = new ArrayList<>(List.of(i));
      for (int j = 1; j <= b.length(); j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int edit = Math.min(previous.get(j), current.get(j - 1)) + 1;
        current.add(Math.min(edit, previous.get(j - 1) + change));
      }
      previous = current;
    }
    return previous.get(b.length());
  }
}
