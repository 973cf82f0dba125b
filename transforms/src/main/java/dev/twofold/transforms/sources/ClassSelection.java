package dev.twofold.transforms.sources;

import dev.twofold.models.Randomness;
import java.util.Arrays;
import java.util.List;
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

  /** Whoever plans has looked for it, and says which class may be meant. */
  private static String missing(String dataset, String name, SortedSet<String> existing) {
    return "Cannot find class %s in dataset %s: it has %d classes (its source has changed since the plan: run again)"
        .formatted(name, dataset, existing.size());
  }
}
