package dev.twofold.pipelines.report;

import static java.util.stream.Collectors.toList;

import dev.twofold.transforms.evaluation.Fonts;
import dev.twofold.transforms.training.TrialResult.TaskResult;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries;

/** The report's pictures for MLflow's image grid: bars, sweeps, heat maps, curves, times. */
public final class SummaryFigures {

  private static final Color BLUE = new Color(0x44, 0x77, 0xaa);

  private final Path directory;
  private final Map<String, Path> written = new LinkedHashMap<>();

  private SummaryFigures(Path directory) {
    this.directory = directory;
  }

  /**
   * Writes those that the data have; none where Java finds no font.
   *
   * @return their files by name; what stands before a slash is a section of the grid
   */
  public static Map<String, Path> write(ReportData data, Path directory) throws IOException {
    if (!Fonts.found()) {
      return Map.of();
    }
    SummaryFigures figures = new SummaryFigures(directory);
    figures.bars(data);
    for (SweepCharts.Sweep sweep : SweepCharts.of(data)) {
      sweep.chart().write(figures.add("sweep/" + sweep.key()));
    }
    List<ShareTable> drawn =
        ShareTable.of(data).stream()
            .filter(table -> ShareName.ofFractions(table.family()))
            .toList();
    for (ShareTable table : drawn) {
      String name = "%s/%s".formatted(table.family(), table.group());
      Path file = figures.next();
      if (SharingFigure.write(table, file)) {
        figures.written.put(name, file);
      }
    }
    figures.curves(data);
    figures.times(data);
    return figures.written;
  }

  private void curves(ReportData data) throws IOException {
    Palette palette = Palette.of(data);
    for (ReportData.Group group : data.groups()) {
      for (CurveCharts.Captioned each : new CurveCharts(data, group, palette).charts().toList()) {
        each.chart().write(add("curves/%s · %s".formatted(group.name(), each.caption())));
      }
    }
  }

  private void times(ReportData data) throws IOException {
    Map<String, List<TimeTable.Row>> byGroup =
        TimeTable.of(data).rows().stream()
            .collect(Collectors.groupingBy(TimeTable.Row::group, LinkedHashMap::new, toList()));
    for (Map.Entry<String, List<TimeTable.Row>> group : byGroup.entrySet()) {
      Map<String, Spread> minutes = new LinkedHashMap<>();
      group.getValue().forEach(row -> minutes.put(row.method(), row.minutes()));
      Pictures.write(chart(group.getKey(), TimeTable.UNIT, minutes), add("time/" + group.getKey()));
    }
  }

  private void bars(ReportData data) throws IOException {
    Scores scores = new Scores(data, TaskResult::accuracy);
    for (Column column : Column.meansFirst(data)) {
      Map<String, Spread> means = new LinkedHashMap<>();
      scores.variants().forEach(each -> means.put(each.name(), scores.spread(each, column)));
      means.values().removeIf(spread -> spread.n() == 0);
      if (!means.isEmpty()) {
        String title = column.fullTitle();
        Pictures.write(chart(title, "accuracy", means), add("accuracy/" + title));
      }
    }
  }

  /** Bars of means with their deviations, by method. */
  private static CategoryChart chart(String title, String unit, Map<String, Spread> spreads) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(160 + 70 * spreads.size())
            .height(420)
            .title(title)
            .yAxisTitle(unit)
            .build();
    chart
        .getStyler()
        .setLegendVisible(false)
        .setChartBackgroundColor(Color.WHITE)
        .setPlotBorderVisible(false);
    chart.getStyler().setYAxisMin(0.0).setXAxisLabelRotation(40).setLocale(Locale.ROOT);
    List<Number> means = new ArrayList<>();
    List<Number> deviations = new ArrayList<>();
    for (Spread spread : spreads.values()) {
      means.add(spread.mean());
      deviations.add(spread.n() < 2 ? 0 : spread.deviation());
    }
    CategorySeries series = chart.addSeries(unit, List.copyOf(spreads.keySet()), means, deviations);
    series.setFillColor(BLUE);
    return chart;
  }

  private Path add(String name) {
    Path file = next();
    written.put(name, file);
    return file;
  }

  private Path next() {
    return directory.resolve("figure-%02d.png".formatted(written.size() + 1));
  }
}
