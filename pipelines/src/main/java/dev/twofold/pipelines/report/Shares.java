package dev.twofold.pipelines.report;

import dev.twofold.pipelines.report.Curves.Point;
import dev.twofold.pipelines.report.ReportData.Group;
import dev.twofold.pipelines.report.ReportData.Status;
import dev.twofold.pipelines.report.ReportData.Trial;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the columns of a group's methods share, compress or mask: method → metric → repeats. Those
 * that finished, as with the accuracies: half a training has half the masks gone.
 */
final class Shares {

  /** By kind, then as people count layers. */
  static final Comparator<ShareName> ORDER =
      Comparator.comparing(ShareName::family)
          .thenComparing(ShareName::qualifier)
          .thenComparing(ShareName::layer, new NaturalOrder());

  private final Map<String, SortedMap<ShareName, List<List<Point>>>> methods =
      new LinkedHashMap<>();

  private Shares() {}

  /** Those of a group; empty where no method shares or masks. */
  static Map<String, SortedMap<ShareName, List<List<Point>>>> of(ReportData data, Group group) {
    Shares shares = new Shares();
    data.trialsOf(group.name())
        .filter(trial -> trial.status() == Status.FINISHED)
        .forEach(trial -> shares.collect(trial, group));
    return shares.methods;
  }

  private void collect(Trial trial, Group group) {
    String method = Variant.of(trial.spec()).name();
    trial
        .curves()
        .byName()
        .forEach(
            (metric, points) ->
                ShareName.parse(metric, group.tasks())
                    .filter(name -> isFinite(points)) // no correlation with what does not vary
                    .ifPresent(name -> repeats(method, name).add(points)));
  }

  private static boolean isFinite(List<Point> points) {
    return Double.isFinite(points.get(points.size() - 1).value());
  }

  private List<List<Point>> repeats(String method, ShareName name) {
    return methods
        .computeIfAbsent(method, m -> new TreeMap<>(ORDER))
        .computeIfAbsent(name, n -> new ArrayList<>());
  }

  /** The last values of repeats. */
  static Spread last(List<List<Point>> repeats) {
    return Spread.of(
        repeats.stream().map(points -> points.get(points.size() - 1).value()).toList());
  }
}
