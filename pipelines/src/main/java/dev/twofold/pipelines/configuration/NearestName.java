package dev.twofold.pipelines.configuration;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** What somebody may have meant by a name that does not exist. */
public final class NearestName {

  private NearestName() {}

  /** The remedy for an unknown name: the nearest known one, else all of them. */
  public static String remedy(String unknown, Collection<String> known) {
    return find(unknown, known)
        .map("did you mean `%s`?"::formatted)
        .orElseGet(
            () ->
                known.isEmpty()
                    ? "there is none"
                    : "must be one of " + String.join(", ", known.stream().sorted().toList()));
  }

  private static Optional<String> find(String unknown, Collection<String> known) {
    int tolerated = 1 + unknown.length() / 3;
    return known.stream()
        .sorted()
        .min(Comparator.comparingInt(candidate -> distance(unknown, candidate)))
        .filter(candidate -> distance(unknown, candidate) <= tolerated);
  }

  private static int distance(String a, String b) {
    return LevenshteinDistance.getDefaultInstance()
        .apply(a.toLowerCase(Locale.ROOT), b.toLowerCase(Locale.ROOT));
  }
}
