package dev.twofold.pipelines.report;

import dev.twofold.pipelines.report.ReportData.Auxiliary;
import dev.twofold.pipelines.report.ReportData.Status;
import dev.twofold.pipelines.report.ReportData.Trial;
import dev.twofold.transforms.training.TrialResult;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Words a report's data as a page. */
final class PageBuilder {

  private static final DateTimeFormatter CREATED =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final ReportData data;
  private final Summary summary;
  private final Palette palette;

  PageBuilder(ReportData data) {
    this.data = data;
    summary = Summary.of(data);
    palette = new Palette(data.trials().stream().map(t -> Variant.of(t.spec()).name()).toList());
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
        scores(Summary.Row::accuracy),
        scores(Summary.Row::macroF1),
        data.groups().stream().flatMap(g -> new CurveCharts(data, g, palette).build()).toList(),
        data.groups().stream().flatMap(g -> new ShareCharts(data, g, palette).build()).toList(),
        times(),
        data.auxiliaries().stream().map(PageBuilder::auxiliary).toList(),
        data.groups().stream().flatMap(g -> ClassTables.of(data, g)).toList(),
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

  private List<Page.ScoreTable> scores(Function<Summary.Row, List<Spread>> score) {
    return summary.tables().stream().map(table -> scores(table, score)).toList();
  }

  private Page.ScoreTable scores(Summary.Table table, Function<Summary.Row, List<Spread>> score) {
    List<List<Rank>> ranks = Rank.columns(table.rows().stream().map(score).toList());
    List<Page.ScoreRow> rows = new ArrayList<>();
    for (int i = 0; i < table.rows().size(); i++) {
      Summary.Row row = table.rows().get(i);
      rows.add(
          new Page.ScoreRow(
              row.name(),
              palette.colour(row.name()),
              row.repeats(),
              cells(score.apply(row), ranks.get(i)),
              row.finished() == 0 ? "–" : minutes(row.seconds().mean())));
    }
    return new Page.ScoreTable(table.group(), table.columns(), rows);
  }

  private static List<Page.Score> cells(List<Spread> scores, List<Rank> ranks) {
    List<Page.Score> cells = new ArrayList<>();
    for (int i = 0; i < scores.size(); i++) {
      cells.add(new Page.Score(scores.get(i).text(), ranks.get(i).name().toLowerCase(Locale.ROOT)));
    }
    return cells;
  }

  private List<Page.TimeGroup> times() {
    double longest =
        summary.tables().stream()
            .flatMap(table -> table.rows().stream())
            .filter(row -> row.finished() > 0)
            .mapToDouble(row -> row.seconds().mean())
            .max()
            .orElse(0);
    return summary.tables().stream()
        .map(table -> new Page.TimeGroup(table.group(), bars(table, longest)))
        .filter(group -> !group.bars().isEmpty())
        .toList();
  }

  private List<Page.Bar> bars(Summary.Table table, double longest) {
    return table.rows().stream()
        .filter(row -> row.finished() > 0)
        .map(row -> bar(row, longest))
        .toList();
  }

  private Page.Bar bar(Summary.Row row, double longest) {
    double seconds = row.seconds().mean();
    double percent = longest > 0 ? 100 * seconds / longest : 0;
    return new Page.Bar(
        row.name(),
        palette.colour(row.name()),
        String.format(Locale.ROOT, "%.1f", percent),
        minutes(seconds) + " min");
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
