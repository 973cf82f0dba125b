package dev.twofold.pipelines.report;

import dev.twofold.pipelines.configuration.PaperSettings;
import dev.twofold.pipelines.paper.PublishedScore;
import dev.twofold.pipelines.paper.PublishedTable;
import dev.twofold.pipelines.report.ReportData.Auxiliary;
import dev.twofold.pipelines.report.ReportData.Status;
import dev.twofold.transforms.training.TrialResult.TaskResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A table as the papers print it: a row a method, the tasks of all groups side by side; below a
 * method's scores the published ones and the difference, where the configuration names them.
 *
 * @param footnotes what must be known to read it
 */
record PaperTable(List<Head> heads, List<Row> rows, List<Footnote> footnotes) {

  /**
   * A column's head.
   *
   * @param paper the paper's name for its data; empty where none is given
   * @param mark of its footnote; empty where it has none
   */
  record Head(Column column, String paper, String mark) {

    /** The task, and the paper's name for its data where it is another. */
    String title() {
      return column.title() + alias();
    }

    /** As above, with the group. */
    String fullTitle() {
      return column.fullTitle() + alias();
    }

    private String alias() {
      return paper.isEmpty() || letters(paper).equals(letters(column.task()))
          ? ""
          : " (" + paper + ")";
    }

    /** Caltech-101 and caltech101 are one name. */
    private static String letters(String name) {
      return name.replaceAll("[^\\p{L}\\p{N}]", "").toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A method's scores, a cell a column.
   *
   * @param repeats that finished, and of how many where some did not
   */
  record Row(Variant variant, String repeats, List<Cell> cells) {

    /** Whether a published score stands beside one of them. */
    boolean isPublished() {
      return cells.stream().anyMatch(cell -> cell.published().isPresent());
    }
  }

  /**
   * A method's score in a column.
   *
   * @param paper the published one; null where there is none
   */
  record Cell(Spread ours, Rank rank, PublishedScore paper) {

    Optional<PublishedScore> published() {
      return Optional.ofNullable(paper);
    }

    /** Our mean less the published one, as it is printed; empty where one is missing. */
    String difference() {
      return paper == null || ours.n() == 0 ? "" : Signed.text(ours.mean() - paper.mean());
    }

    /** As above; NaN where one is missing. */
    double exactDifference() {
      return paper == null ? Double.NaN : ours.mean() - paper.mean();
    }
  }

  /**
   * A remark below the table.
   *
   * @param mark of the column that it speaks of; empty for the whole table
   */
  record Footnote(String mark, String text) {}

  static PaperTable accuracy(ReportData data) {
    Map<Column, String> marks = marks(data);
    return new PaperTable(
        Column.of(data).stream().map(column -> head(data, column, marks)).toList(),
        rows(
            data,
            new Scores(data, TaskResult::accuracy),
            (variant, column) -> published(data, variant, column)),
        data.paper().map(paper -> footnotes(data, paper, marks)).orElse(List.of()));
  }

  static PaperTable macroF1(ReportData data) {
    return new PaperTable(
        Column.of(data).stream().map(column -> new Head(column, "", "")).toList(),
        rows(data, new Scores(data, TaskResult::macroF1), (variant, column) -> null),
        List.of());
  }

  /** The columns of each group; the mean of the groups is a group without a name. */
  Map<String, List<Head>> byGroup() {
    return heads.stream()
        .collect(
            Collectors.groupingBy(
                head -> head.column().group(), LinkedHashMap::new, Collectors.toList()));
  }

  /** A letter for each column whose data stand for the paper's. */
  private static Map<Column, String> marks(ReportData data) {
    Map<Column, String> marks = new LinkedHashMap<>();
    for (Column column : Column.of(data)) {
      if (!substitute(data, column).isEmpty()) {
        marks.put(column, String.valueOf((char) ('a' + marks.size())));
      }
    }
    return marks;
  }

  /** The paper's data and what stands for them in a column; empty where nothing does. */
  static String substitute(ReportData data, Column column) {
    return data.paper()
        .map(paper -> paper.substitute(column.group(), column.task()))
        .filter(original -> !original.isEmpty())
        .map(original -> "%s → %s".formatted(original, column.task()))
        .orElse("");
  }

  private static Head head(ReportData data, Column column, Map<Column, String> marks) {
    return new Head(
        column,
        data.paper().map(paper -> paper.column(column.group(), column.task())).orElse(""),
        marks.getOrDefault(column, ""));
  }

  private static List<Footnote> footnotes(
      ReportData data, PaperSettings paper, Map<Column, String> marks) {
    List<Footnote> notes = new ArrayList<>();
    marks.forEach(
        (column, mark) ->
            notes.add(
                new Footnote(
                    mark,
                    substitute(data, column)
                        + (paper.published().filter(table -> !table.rows().isEmpty()).isPresent()
                            ? ": the published numbers are of other data than ours."
                            : ": other data than the paper's."))));
    paper.published().ifPresent(table -> notes.add(new Footnote("", numbers(table))));
    here(data).ifPresent(text -> notes.add(new Footnote("", text)));
    return notes;
  }

  private static String numbers(PublishedTable table) {
    return table.rows().isEmpty()
        ? "The numbers of %s are not at hand.".formatted(table.source())
        : "Published: %s. A difference is ours less the published mean; the paper's images,"
                .formatted(table.source())
            + " splits and networks are its own.";
  }

  /** What the paper has other than this. */
  private static Optional<String> here(ReportData data) {
    List<String> parts = new ArrayList<>();
    parts.add(
        distinct("images of ", data.tasks().stream().map(task -> DataTable.size(task.shape()))));
    parts.add(
        distinct(
            "networks ",
            data.trials().stream()
                .map(trial -> trial.conditions().backbone())
                .filter(backbone -> !backbone.isEmpty())
                .map("{%s}"::formatted)));
    parts.add(
        distinct(
            "top-1 of the auxiliary network ",
            data.auxiliaries().stream()
                .map(Auxiliary::accuracy)
                .map(accuracy -> String.format(Locale.ROOT, "%.3f", accuracy))));
    parts.removeIf(String::isEmpty);
    return parts.isEmpty()
        ? Optional.empty()
        : Optional.of("Here: " + String.join("; ", parts) + ".");
  }

  /** Empty of no values. */
  private static String distinct(String what, Stream<String> values) {
    List<String> all = values.distinct().toList();
    return all.isEmpty() ? "" : what + String.join(", ", all);
  }

  private static List<Row> rows(
      ReportData data, Scores scores, BiFunction<Variant, Column, PublishedScore> published) {
    List<Column> columns = Column.of(data);
    List<Variant> variants = scores.variants();
    List<List<Spread>> spreads =
        variants.stream()
            .map(variant -> columns.stream().map(c -> scores.spread(variant, c)).toList())
            .toList();
    List<List<Rank>> ranks = Rank.columns(spreads);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < variants.size(); i++) {
      List<Cell> cells = new ArrayList<>();
      for (int j = 0; j < columns.size(); j++) {
        cells.add(
            new Cell(
                spreads.get(i).get(j),
                ranks.get(i).get(j),
                published.apply(variants.get(i), columns.get(j))));
      }
      rows.add(new Row(variants.get(i), repeats(scores, variants.get(i)), cells));
    }
    return rows;
  }

  /** Null where there is none. */
  private static PublishedScore published(ReportData data, Variant variant, Column column) {
    return data.paper()
        .flatMap(table -> table.score(variant.label(), column.group(), column.task()))
        .orElse(null);
  }

  /** {@code 3}, {@code 2 of 3}, or {@code 1–2 of 3} where groups differ. */
  private static String repeats(Scores scores, Variant variant) {
    Map<String, List<Status>> byGroup =
        scores.trials(variant).stream()
            .collect(
                Collectors.groupingBy(
                    trial -> trial.spec().group(),
                    Collectors.mapping(ReportData.Trial::status, Collectors.toList())));
    IntSummaryStatistics finished = finished(byGroup.values());
    int planned = byGroup.values().stream().mapToInt(List::size).max().orElse(0);
    String done =
        finished.getMin() == finished.getMax()
            ? "" + finished.getMax()
            : finished.getMin() + "–" + finished.getMax();
    return finished.getMin() == planned ? done : done + " of " + planned;
  }

  private static IntSummaryStatistics finished(Collection<List<Status>> groups) {
    return groups.stream()
        .mapToInt(statuses -> (int) statuses.stream().filter(Status.FINISHED::equals).count())
        .summaryStatistics();
  }
}
