package dev.twofold.pipelines.report;

import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;

/** What a group's columns share or mask, by layer, as a picture for MLflow's image grid. */
final class SharingFigure {

  /** Black digits are read on all of it. */
  private static final Color[] WHITE_TO_BLUE = {Color.WHITE, new Color(0x6a, 0xa5, 0xdb)};

  private static final int CELL_WIDTH = 52;
  private static final int CELL_HEIGHT = 34;
  private static final int LETTER = 8; // width of one in pixels, about
  private static final int MARGIN = 120; // the scale of colours, and what is left around
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
            .width(MARGIN + LETTER * longest(shares.rows()) + CELL_WIDTH * shares.layers().size())
            .height(MARGIN + LETTER * longest(shares.layers()) + CELL_HEIGHT * shares.rows().size())
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
        .setXAxisLabelRotation(90)
        .setLocale(Locale.ROOT);
    chart.addSeries(family, shares.layers(), shares.rows(), shares.cells());
    return chart;
  }

  /** What prints as zero, without a sign. */
  private static double unsigned(double value) {
    return Math.abs(value) < .005 ? 0 : value;
  }

  private static int longest(List<String> labels) {
    return labels.stream().mapToInt(String::length).max().orElse(0);
  }

  /**
   * Last values as a grid, whose rows the library counts upwards; a cell is {column, row, value}.
   */
  private record Grid(List<String> layers, List<String> rows, List<Number[]> cells) {

    static Grid of(ShareTable table) {
      List<ShareTable.Row> rows =
          table.rows().stream().filter(row -> !row.layer().equals(ShareTable.NETWORK)).toList();
      List<Number[]> cells = new ArrayList<>();
      for (int layer = 0; layer < rows.size(); layer++) {
        for (int column = 0; column < table.columns().size(); column++) {
          Spread value = rows.get(layer).cells().get(column);
          if (value.n() > 0) {
            int row = table.columns().size() - 1 - column;
            cells.add(new Number[] {layer, row, unsigned(value.mean())});
          }
        }
      }
      List<String> upwards =
          new ArrayList<>(table.columns().stream().map(ShareTable.Kind::title).toList());
      Collections.reverse(upwards);
      return new Grid(rows.stream().map(ShareTable.Row::layer).toList(), upwards, cells);
    }
  }
}
