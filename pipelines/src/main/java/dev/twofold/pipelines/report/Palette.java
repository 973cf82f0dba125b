package dev.twofold.pipelines.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** One colour a method, the same in every chart of a report. */
final class Palette {

  /**
   * Paul Tol's "bright", "muted" and "vibrant" schemes, told apart by colour-blind eyes and in
   * print: as many as the papers' tables have rows. They begin anew where there are more.
   */
  private static final List<String> COLOURS =
      List.of(
          "#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#332288", "#999933",
          "#cc6677", "#44aa99", "#882255", "#7a7a7a", "#ee7733", "#222222");

  private final Map<String, String> byName = new LinkedHashMap<>();

  Palette(Collection<String> names) {
    List<String> distinct = new ArrayList<>(new LinkedHashSet<>(names));
    for (int i = 0; i < distinct.size(); i++) {
      byName.put(distinct.get(i), COLOURS.get(i % COLOURS.size()));
    }
  }

  /** A method's colour as {@code #rrggbb}. */
  String colour(String name) {
    return byName.get(name);
  }
}
