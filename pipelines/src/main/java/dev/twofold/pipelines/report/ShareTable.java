package dev.twofold.pipelines.report;

import dev.twofold.pipelines.report.Curves.Point;
import dev.twofold.pipelines.report.ReportData.Group;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Last values by layer, as in Table 6 of MTAL: a row a layer and one for the network, a column for
 * each method and kind (all partners, twins, others; sparsity of each task).
 *
 * @param family of {@link ShareName}
 */
record ShareTable(String group, String family, List<Kind> columns, List<Row> rows) {

  static final String NETWORK = "network";

  private static final Map<String, Words> WORDS =
      Map.of(
          "sharing",
          new Words(
              "Kernels that columns share",
              "fraction of the kernels that have a partner in another column; twins are kernels of"
                  + " the same number; twin cosine: their mean cosine"),
          "sharing_pairs",
          new Words(
              "Pairs of columns that share kernels",
              "fraction of the first one's kernels that have a partner in the second"),
          "compression",
          new Words(
              "Compression by shared kernels",
              "1 − components / kernels, where partners are one component: what one kernel a component"
                  + " would save; `export --merged` stores one a pair. Excess: beyond twins alone"),
          "sparsity",
          new Words(
              "Sparsity of the masks Ψ",
              "fraction that is zero, of a task's masks where nothing else is said"),
          "mask",
          new Words(
              "Statistics of the masks Ψ",
              "of their elements, their correlation with their random start, and the norm of the"
                  + " kernels under them"));

  /** What a family is called where no page explains it, and what its numbers are. */
  private record Words(String title, String meaning) {}

  /**
   * One kind of value of a method.
   *
   * @param qualifier empty where it has none
   */
  record Kind(String method, String qualifier) {

    String title() {
      return qualifier.isEmpty() ? method : method + " · " + qualifier;
    }
  }

  /**
   * One layer.
   *
   * @param cells one a column; of no repeats where the method has no such value
   */
  record Row(String layer, List<Spread> cells) {

    /** Cells as they are printed, empty where there is none. */
    List<String> texts() {
      return cells.stream().map(cell -> cell.n() == 0 ? "" : cell.text()).toList();
    }
  }

  /**
   * The table as it is printed: a row a layer, or a row a method where there are more of these, as
   * in a sweep.
   *
   * @param rows each with its name first
   */
  record Print(List<String> heads, List<List<String>> rows) {}

  /** What the values are, in words. */
  String title() {
    return WORDS.getOrDefault(family, new Words(family, "")).title();
  }

  /** What is counted; empty where nothing is known of it. */
  String meaning() {
    return WORDS.getOrDefault(family, new Words(family, "")).meaning();
  }

  /** The longer side goes down the page. */
  Print print() {
    List<List<String>> lines = new ArrayList<>();
    List<String> heads = new ArrayList<>(List.of("layer"));
    columns.forEach(column -> heads.add(column.title()));
    for (Row row : rows) {
      lines.add(Stream.concat(Stream.of(row.layer()), row.texts().stream()).toList());
    }
    return columns.size() > rows.size() ? transposed(heads, lines) : new Print(heads, lines);
  }

  private static Print transposed(List<String> heads, List<List<String>> lines) {
    List<String> layers = new ArrayList<>(List.of("method"));
    lines.forEach(line -> layers.add(line.get(0)));
    List<List<String>> turned = new ArrayList<>();
    for (int c = 1; c < heads.size(); c++) {
      List<String> line = new ArrayList<>(List.of(heads.get(c)));
      for (List<String> layer : lines) {
        line.add(layer.get(c));
      }
      turned.add(line);
    }
    return new Print(layers, turned);
  }

  /** All of a report's. */
  static List<ShareTable> of(ReportData data) {
    return data.groups().stream().flatMap(group -> of(data, group).stream()).toList();
  }

  /** A group's, one a family. */
  static List<ShareTable> of(ReportData data, Group group) {
    Map<String, SortedMap<ShareName, List<List<Point>>>> methods = Shares.of(data, group);
    TreeSet<ShareName> names = new TreeSet<>(Shares.ORDER);
    methods.values().forEach(shares -> names.addAll(shares.keySet()));
    return names.stream()
        .map(ShareName::family)
        .distinct()
        .map(family -> table(group, family, methods))
        .toList();
  }

  private static ShareTable table(
      Group group, String family, Map<String, SortedMap<ShareName, List<List<Point>>>> methods) {
    List<Kind> columns = new ArrayList<>();
    TreeSet<String> layers = new TreeSet<>(new NaturalOrder());
    methods.forEach(
        (method, shares) -> {
          List<ShareName> names =
              shares.keySet().stream().filter(name -> name.family().equals(family)).toList();
          names.stream()
              .map(name -> new Kind(method, name.qualifier()))
              .distinct()
              .forEach(columns::add);
          names.forEach(name -> layers.add(name.layer()));
        });
    boolean network = layers.remove("");
    List<Row> rows =
        new ArrayList<>(
            layers.stream().map(layer -> row(layer, layer, family, columns, methods)).toList());
    if (network) {
      rows.add(row(NETWORK, "", family, columns, methods));
    }
    return new ShareTable(group.name(), family, columns, rows);
  }

  private static Row row(
      String title,
      String layer,
      String family,
      List<Kind> columns,
      Map<String, SortedMap<ShareName, List<List<Point>>>> methods) {
    return new Row(
        title,
        columns.stream()
            .map(
                column ->
                    Shares.last(
                        methods
                            .get(column.method())
                            .getOrDefault(
                                new ShareName(family, column.qualifier(), layer), List.of())))
            .toList());
  }
}
