package dev.twofold.pipelines.report;

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
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries;

/** The report's pictures for MLflow's image grid: bars, sweeps, heat maps. */
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
    return figures.written;
  }

  private void bars(ReportData data) throws IOException {
    Scores scores = new Scores(data, TaskResult::accuracy);
    for (Column column : Column.means(data)) {
      List<Variant> finished =
          scores.variants().stream()
              .filter(variant -> scores.spread(variant, column).n() > 0)
              .toList();
      if (!finished.isEmpty()) {
        Pictures.write(chart(scores, column, finished), add("accuracy/" + column.fullTitle()));
      }
    }
  }

  private static CategoryChart chart(Scores scores, Column column, List<Variant> variants) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(160 + 70 * variants.size())
            .height(420)
            .title(column.fullTitle())
            .yAxisTitle("accuracy")
            .build();
    chart
        .getStyler()
        .setLegendVisible(false)
        .setChartBackgroundColor(Color.WHITE)
        .setPlotBorderVisible(false);
    chart.getStyler().setYAxisMin(0.0).setXAxisLabelRotation(40).setLocale(Locale.ROOT);
    List<Number> means = new ArrayList<>();
    List<Number> deviations = new ArrayList<>();
    for (Variant variant : variants) {
      Spread spread = scores.spread(variant, column);
      means.add(spread.mean());
      deviations.add(spread.n() < 2 ? 0 : spread.deviation());
    }
    CategorySeries series =
        chart.addSeries(
            "accuracy", variants.stream().map(Variant::name).toList(), means, deviations);
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
