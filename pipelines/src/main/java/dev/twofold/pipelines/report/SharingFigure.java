package dev.twofold.pipelines.report;

import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;

/** What a group's columns share or mask, by layer, as a picture for MLflow's image grid. */
final class SharingFigure {

  private static final Color[] WHITE_TO_BLUE = {Color.WHITE, new Color(0x23, 0x5f, 0x96)};
  private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 13);

  private SharingFigure() {}

  /**
   * Writes a heat map of a group's methods: layers along it, and down it a row a method and
   * qualifier (twin, tasks).
   *
   * @return whether there was anything to draw; nothing is written otherwise
   */
  static boolean write(ShareTable table, Path file) throws IOException {
    Grid grid = Grid.of(table);
    if (grid.layers().isEmpty()) {
      return false;
    }
    Pictures.write(chart(table.group() + " · " + table.family(), grid), file);
    return true;
  }

  private static HeatMapChart chart(String family, Grid shares) {
    HeatMapChart chart =
        new HeatMapChartBuilder()
            .width(220 + 62 * shares.layers().size())
            .height(140 + 48 * shares.qualifiers().size())
            .title(family)
            .build();
    chart
        .getStyler()
        .setRangeColors(WHITE_TO_BLUE)
        .setMin(0)
        .setMax(1)
        .setShowValue(true)
        .setHeatMapValueDecimalPattern("0.00")
        .setValueFont(FONT);
    chart.getStyler().setBaseFont(FONT);
    chart.getStyler().setChartBackgroundColor(Color.WHITE).setPlotBorderVisible(false);
    chart
        .getStyler()
        .setAxisTickLabelsFont(FONT)
        .setPlotGridLinesVisible(false)
        .setLocale(Locale.ROOT);
    chart.addSeries(family, shares.layers(), shares.qualifiers(), shares.cells());
    return chart;
  }

  /** Last values as a grid; a cell is {column, row, value}. */
  private record Grid(List<String> layers, List<String> qualifiers, List<Number[]> cells) {

    static Grid of(ShareTable table) {
      List<ShareTable.Row> rows =
          table.rows().stream().filter(row -> !row.layer().equals(ShareTable.NETWORK)).toList();
      List<Number[]> cells = new ArrayList<>();
      for (int layer = 0; layer < rows.size(); layer++) {
        for (int column = 0; column < table.columns().size(); column++) {
          Spread value = rows.get(layer).cells().get(column);
          if (value.n() > 0) {
            cells.add(new Number[] {layer, column, value.mean()});
          }
        }
      }
      return new Grid(
          rows.stream().map(ShareTable.Row::layer).toList(),
          table.columns().stream().map(ShareTable.Kind::title).toList(),
          cells);
    }
  }
}
