package dev.twofold.pipelines.report;

import dev.twofold.pipelines.report.Curves.Point;
import dev.twofold.pipelines.report.ReportData.Activations;
import dev.twofold.pipelines.report.ReportData.Group;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What a group's columns share, compress or mask: heat maps of the last values by layer, the whole
 * network over epochs, and each layer over epochs.
 */
final class ShareCharts {

  private static final List<Integer> HEAT = List.of(35, 95, 150);
  private static final String LEFT_OUT =
      "No pictures, to keep the page small; they lie with the trial's evaluation.";

  private final Group group;
  private final Palette palette;
  private final List<ShareTable> tables;
  private final List<Activations> activations;

  /** Method → what it reports → that metric's repeats. */
  private final Map<String, SortedMap<ShareName, List<List<Point>>>> methods;

  ShareCharts(ReportData data, Group group, Palette palette) {
    this.group = group;
    this.palette = palette;
    this.methods = Shares.of(data, group);
    this.tables = ShareTable.of(data, group);
    this.activations =
        data.activations().stream()
            .filter(maps -> maps.trial().group().equals(group.name()))
            .toList();
  }

  /** The group's part; nothing where no method shares or masks. */
  Stream<Page.ShareGroup> build() {
    if (methods.isEmpty()) {
      return Stream.empty();
    }
    List<Page.LegendEntry> legend =
        methods.keySet().stream()
            .map(name -> new Page.LegendEntry(name, palette.of(name).background()))
            .toList();
    return Stream.of(
        new Page.ShareGroup(
            group.name(),
            heatMaps(),
            layerTables(),
            legend,
            totals(),
            overEpochs(),
            activations()));
  }

  private List<Page.ActivationView> activations() {
    return activations.stream()
        .map(
            maps ->
                new Page.ActivationView(
                    Variant.of(maps.trial()).name(),
                    maps.pictures(),
                    maps.pictures().isEmpty() ? LEFT_OUT : ""))
        .toList();
  }

  private List<Page.LayerTable> layerTables() {
    return tables.stream()
        .map(
            table ->
                new Page.LayerTable(table.family(), table.print().heads(), table.print().rows()))
        .toList();
  }

  private List<Page.HeatMap> heatMaps() {
    return titles(name -> true).values().stream()
        .map(ShareName::family)
        .distinct()
        .filter(ShareName::ofFractions)
        .map(this::heatMap)
        .toList();
  }

  private Page.HeatMap heatMap(String family) {
    TreeSet<String> layers = new TreeSet<>(new NaturalOrder());
    methods
        .values()
        .forEach(
            shares ->
                shares.keySet().stream()
                    .filter(name -> name.family().equals(family) && !name.wholeNetwork())
                    .forEach(name -> layers.add(name.layer())));
    List<String> columns = new ArrayList<>(layers);
    boolean ofNetwork =
        methods.values().stream()
            .flatMap(shares -> shares.keySet().stream())
            .anyMatch(name -> name.family().equals(family) && name.wholeNetwork());
    if (ofNetwork) {
      columns.add("");
    }
    List<Page.HeatRow> rows = new ArrayList<>();
    methods.forEach((method, shares) -> rows.addAll(heatRows(family, method, shares, columns)));
    columns.replaceAll(layer -> layer.isEmpty() ? ShareTable.NETWORK : layer);
    return new Page.HeatMap(family, columns, rows);
  }

  private List<Page.HeatRow> heatRows(
      String family,
      String method,
      Map<ShareName, List<List<Point>>> shares,
      List<String> columns) {
    return shares.keySet().stream()
        .filter(name -> name.family().equals(family))
        .map(ShareName::qualifier)
        .distinct()
        .map(
            qualifier ->
                new Page.HeatRow(
                    qualifier.isEmpty() ? method : method + " · " + qualifier,
                    palette.of(method).background(),
                    columns.stream()
                        .map(layer -> shares.get(new ShareName(family, qualifier, layer)))
                        .map(ShareCharts::heatCell)
                        .toList()))
        .toList();
  }

  /** Mean over repeats of the last value. */
  private static Page.HeatCell heatCell(List<List<Point>> repeats) {
    if (repeats == null) {
      return new Page.HeatCell("", "");
    }
    double last = Shares.last(repeats).mean();
    return new Page.HeatCell(Signed.plain(last, 2), Shade.cell(last, HEAT));
  }

  private List<Page.Chart> totals() {
    List<Page.Chart> charts = new ArrayList<>();
    titles(ShareName::wholeNetwork)
        .forEach(
            (title, name) -> {
              LineChart chart = new LineChart();
              if (!name.mayBeNegative()) {
                chart.unitInterval();
              }
              methods.forEach(
                  (method, shares) ->
                      chart.add(
                          BandedLine.whole(shares.getOrDefault(name, List.of())),
                          palette.of(method)));
              charts.add(chart.under(title + " · whole network", List.of()));
            });
    return charts;
  }

  private List<Page.Chart> overEpochs() {
    List<Page.Chart> charts = new ArrayList<>();
    methods.forEach(
        (method, shares) -> {
          Map<String, List<ShareName>> byTitle = new LinkedHashMap<>();
          shares.keySet().stream()
              .filter(name -> !name.wholeNetwork() && ShareName.ofFractions(name.family()))
              .forEach(
                  name -> byTitle.computeIfAbsent(name.title(), t -> new ArrayList<>()).add(name));
          byTitle.forEach((title, layers) -> charts.add(layers(method, title, layers, shares)));
        });
    return charts;
  }

  private static Page.Chart layers(
      String method,
      String title,
      List<ShareName> layers,
      Map<ShareName, List<List<Point>>> shares) {
    LineChart chart = new LineChart();
    if (layers.stream().noneMatch(ShareName::mayBeNegative)) {
      chart.unitInterval();
    }
    List<Page.LegendEntry> legend = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      String colour = Shade.ordered(i, layers.size());
      chart.add(BandedLine.whole(shares.get(layers.get(i))), Ink.solid(colour));
      legend.add(new Page.LegendEntry(layers.get(i).layer(), colour));
    }
    return chart.under(method + " · " + title, legend);
  }

  /** Titles of all metrics of a kind, each with one that has it. */
  private Map<String, ShareName> titles(Predicate<ShareName> kind) {
    TreeSet<ShareName> names = new TreeSet<>(Shares.ORDER);
    methods.values().forEach(shares -> names.addAll(shares.keySet()));
    Map<String, ShareName> titles = new LinkedHashMap<>();
    names.stream().filter(kind).forEach(name -> titles.putIfAbsent(name.title(), name));
    return titles;
  }
}
