package dev.twofold.pipelines.report;

import dev.twofold.pipelines.paper.PublishedScore;
import dev.twofold.pipelines.report.ReportData.Auxiliary;
import dev.twofold.pipelines.report.ReportData.Status;
import dev.twofold.pipelines.report.ReportData.Trial;
import dev.twofold.transforms.training.TrialResult;
import dev.twofold.transforms.training.TrialResult.TaskResult;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Words a report's data as a page. */
final class PageBuilder {

  private static final DateTimeFormatter CREATED =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final ReportData data;
  private final Palette palette;

  PageBuilder(ReportData data) {
    this.data = data;
    palette = Palette.of(data);
  }

  Page build() {
    return new Page(
        data.experiment(),
        CREATED.format(data.created()),
        data.machine(),
        (int) data.trials().stream().filter(t -> t.status() == Status.FINISHED).count(),
        data.trials().size(),
        data.notes(),
        unfinished(),
        scores(PaperTable.accuracy(data)),
        scores(PaperTable.macroF1(data)),
        accuracyBars(),
        tests(),
        SweepCharts.of(data).stream().map(SweepCharts.Sweep::view).toList(),
        data.groups().stream().flatMap(g -> new CurveCharts(data, g, palette).build()).toList(),
        data.groups().stream().flatMap(g -> new ShareCharts(data, g, palette).build()).toList(),
        times(),
        timeTable(),
        data.auxiliaries().stream().map(PageBuilder::auxiliary).toList(),
        data.groups().stream().flatMap(g -> ClassTables.of(data, g)).toList(),
        new Page.PlainTable(
            DataTable.heads(data),
            DataTable.texts(data),
            DataTable.rows(data),
            DataTable.remark(data)),
        data.trials().stream().map(PageBuilder::trial).toList(),
        data.configuration(),
        data.versions());
  }

  private List<Page.Ended> unfinished() {
    return data.trials().stream()
        .filter(trial -> trial.status() != Status.FINISHED)
        .map(
            trial ->
                new Page.Ended(
                    trial.spec().group(),
                    Variant.of(trial.spec()).name(),
                    trial.spec().repeat(),
                    word(trial.status()),
                    trial.reason()))
        .toList();
  }

  private Page.ScoreTable scores(PaperTable table) {
    return new Page.ScoreTable(
        table.byGroup().entrySet().stream()
            .map(group -> new Page.GroupHead(group.getKey(), group.getValue().size()))
            .toList(),
        table.heads().stream().map(head -> head(table, head)).toList(),
        table.rows().stream().map(row -> scores(table, row)).toList(),
        table.footnotes().stream()
            .map(note -> new Page.Footnote(note.mark(), note.text()))
            .toList());
  }

  private static Page.ScoreHead head(PaperTable table, PaperTable.Head head) {
    return new Page.ScoreHead(head.column().title(), head.paper(), head.mark(), edge(table, head));
  }

  /** A rule stands before each group. */
  private static String edge(PaperTable table, PaperTable.Head head) {
    return table.byGroup().get(head.column().group()).indexOf(head) == 0 ? "edge" : "";
  }

  private Page.ScoreRow scores(PaperTable table, PaperTable.Row row) {
    List<Page.Score> scores = new ArrayList<>();
    for (int i = 0; i < row.cells().size(); i++) {
      PaperTable.Cell cell = row.cells().get(i);
      scores.add(
          new Page.Score(
              cell.ours().text(),
              cell.rank().name().toLowerCase(Locale.ROOT),
              cell.published().map(PublishedScore::text).orElse(""),
              cell.difference(),
              edge(table, table.heads().get(i))));
    }
    return new Page.ScoreRow(
        row.variant().name(), palette.of(row.variant().name()).background(), row.repeats(), scores);
  }

  private Page.Tests tests() {
    List<Comparisons.Against> tables = Comparisons.of(data);
    return new Page.Tests(
        Comparisons.method(data),
        SmallestDifference.remark(tables),
        tables.stream()
            .map(
                table ->
                    new Page.TestTable(
                        table.title(),
                        table.columns().stream()
                            .map(column -> new Page.TestHead(column.title(), column.group()))
                            .toList(),
                        table.rows().stream().map(this::test).toList(),
                        table.unlike()))
            .toList());
  }

  private Page.TestRow test(Comparisons.Row row) {
    return new Page.TestRow(
        row.variant().name(),
        palette.of(row.variant().name()).background(),
        row.against(),
        row.cells().stream()
            .map(
                cell ->
                    new Page.TestCell(
                        cell.difference(), cell.p(), cell.isSignificant() ? "best" : "other"))
            .toList());
  }

  /** The mean of each group and of all: Figure 8 of MTAL; and each task: Figure 4 of DAMTL. */
  private List<Page.BarGroup> accuracyBars() {
    Scores scores = new Scores(data, TaskResult::accuracy);
    Bars bars = new Bars(palette, 1);
    return Column.meansFirst(data).stream()
        .map(
            column ->
                new Page.BarGroup(
                    column.fullTitle(),
                    scores.variants().stream()
                        .filter(variant -> scores.spread(variant, column).n() > 0)
                        .map(variant -> bar(bars, variant, scores.spread(variant, column)))
                        .toList()))
        .filter(group -> !group.bars().isEmpty())
        .toList();
  }

  private static Page.Bar bar(Bars bars, Variant variant, Spread accuracy) {
    return bars.bar(variant.name(), accuracy, accuracy.text());
  }

  private List<Page.BarGroup> times() {
    List<TimeTable.Row> rows = TimeTable.of(data).rows();
    Bars bars = new Bars(palette, rows.stream().mapToDouble(PageBuilder::reach).max().orElse(0));
    return data.groups().stream()
        .map(group -> new Page.BarGroup(group.name(), times(rows, group.name(), bars)))
        .filter(group -> !group.bars().isEmpty())
        .toList();
  }

  /** How far a bar goes with its whisker. */
  private static double reach(TimeTable.Row row) {
    Spread minutes = row.minutes();
    return minutes.mean() + (minutes.n() < 2 ? 0 : minutes.deviation());
  }

  private static List<Page.Bar> times(List<TimeTable.Row> rows, String group, Bars bars) {
    return rows.stream()
        .filter(row -> row.group().equals(group))
        .map(row -> bars.bar(row.method(), row.minutes(), row.mean() + " min"))
        .toList();
  }

  private Page.PlainTable timeTable() {
    return new Page.PlainTable(
        TimeTable.HEADS,
        TimeTable.TEXTS,
        TimeTable.of(data).rows().stream().map(TimeTable.Row::texts).toList(),
        TimeTable.REMARK);
  }

  private static Page.AuxiliaryView auxiliary(Auxiliary network) {
    return new Page.AuxiliaryView(
        network.name(),
        decimals(network.accuracy()),
        minutes(network.seconds()),
        CurveCharts.of(network.curves()));
  }

  private static Page.TrialRow trial(Trial trial) {
    return new Page.TrialRow(
        trial.spec().group(),
        Variant.of(trial.spec()).name(),
        "" + trial.spec().repeat(),
        word(trial.status()),
        trial.result().map(PageBuilder::accuracies).orElse("–"),
        trial.result().map(result -> minutes(result.trainingSeconds())).orElse("–"));
  }

  private static String accuracies(TrialResult result) {
    return String.join(
        ", ",
        result.tasks().entrySet().stream()
            .map(task -> task.getKey() + " " + decimals(task.getValue().accuracy()))
            .sorted()
            .toList());
  }

  private static String word(Status status) {
    return status.name().toLowerCase(Locale.ROOT);
  }

  static String decimals(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  static String minutes(double seconds) {
    return String.format(Locale.ROOT, "%.1f", seconds / 60);
  }
}
