package dev.twofold.pipelines.report;

import dev.twofold.pipelines.report.Ink.Pattern;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One ink a method, the same in every chart of a report. A row that is another's from scratch, by
 * its name, has the other's colour, dashed.
 */
final class Palette {

  /**
   * Of Paul Tol's "bright", "muted" and "vibrant" schemes, each of which colour-blind eyes tell
   * apart; the last ones are near some of the first. They begin anew, in another pattern, where a
   * report has more rows.
   */
  private static final List<String> COLOURS =
      List.of(
          "#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#332288", "#ee7733",
          "#44aa99", "#7a7a7a", "#222222", "#999933", "#882255", "#cc6677");

  private static final List<Pattern> ROUNDS =
      List.of(Pattern.SOLID, Pattern.DOTTED, Pattern.LONG_DASHED);

  /** Of what is another's from scratch, by the other's pattern. */
  private static final Map<Pattern, Pattern> FROM_SCRATCH =
      Map.of(
          Pattern.SOLID, Pattern.DASHED,
          Pattern.DOTTED, Pattern.DASH_DOTTED,
          Pattern.LONG_DASHED, Pattern.LONG_DASH_DOTTED);

  private static final String SCRATCH = "-scratch";

  private final Map<String, Ink> byName = new LinkedHashMap<>();

  Palette(Collection<String> names) {
    Set<String> distinct = new LinkedHashSet<>(names);
    for (String name : distinct) {
      if (!isScratchOfAnother(name, distinct)) {
        byName.put(name, ink(byName.size()));
      }
    }
    for (String name : distinct) {
      byName.computeIfAbsent(
          name,
          scratch -> {
            Ink other = byName.get(withoutScratch(scratch));
            return new Ink(other.colour(), FROM_SCRATCH.get(other.pattern()));
          });
    }
  }

  /** Of all rows of a report. */
  static Palette of(ReportData data) {
    return new Palette(
        data.trials().stream().map(trial -> Variant.of(trial.spec()).name()).toList());
  }

  private static boolean isScratchOfAnother(String name, Set<String> names) {
    return name.contains(SCRATCH) && names.contains(withoutScratch(name));
  }

  private static String withoutScratch(String name) {
    return name.replace(SCRATCH, "");
  }

  private static Ink ink(int number) {
    return new Ink(
        COLOURS.get(number % COLOURS.size()), ROUNDS.get(number / COLOURS.size() % ROUNDS.size()));
  }

  Ink of(String name) {
    return byName.get(name);
  }
}
