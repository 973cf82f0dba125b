package dev.twofold.pipelines.report;

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
   * Paul Tol's "bright", "muted" and "vibrant" schemes, told apart by colour-blind eyes and in
   * print. They begin anew, in another pattern, where a report has more rows.
   */
  private static final List<String> COLOURS =
      List.of(
          "#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#332288", "#999933",
          "#cc6677", "#44aa99", "#882255", "#7a7a7a", "#ee7733", "#222222");

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
          scratch -> new Ink(byName.get(withoutScratch(scratch)).colour(), Ink.Pattern.DASHED));
    }
  }

  private static boolean isScratchOfAnother(String name, Set<String> names) {
    return name.contains(SCRATCH) && names.contains(withoutScratch(name));
  }

  private static String withoutScratch(String name) {
    return name.replace(SCRATCH, "");
  }

  private static Ink ink(int number) {
    Ink.Pattern[] patterns = Ink.Pattern.values();
    return new Ink(
        COLOURS.get(number % COLOURS.size()), patterns[number / COLOURS.size() % patterns.length]);
  }

  Ink of(String name) {
    return byName.get(name);
  }
}
