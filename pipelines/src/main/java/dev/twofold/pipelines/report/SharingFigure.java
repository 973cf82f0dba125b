package dev.twofold.pipelines.report;

import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;

/** What a trial's columns share or mask, by layer, as a picture for MLflow's image grid. */
public final class SharingFigure {

  private static final Color[] WHITE_TO_BLUE = {Color.WHITE, new Color(0x23, 0x5f, 0x96)};
  private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 13);

  private SharingFigure() {}

  /**
   * Writes the last values of a family of metrics as a heat map, layers along it and qualifiers
   * (twin, tasks) down it.
   *
   * @param family {@code sharing}, {@code compression} or {@code sparsity}
   * @param tasks of the trial
   * @return whether there was anything to draw; nothing is written otherwise
   */
  public static boolean write(Curves curves, String family, List<String> tasks, Path file)
      throws IOException {
    Shares shares = Shares.last(curves, family, tasks);
    if (shares.layers().isEmpty()) {
      return false;
    }
    Files.createDirectories(file.toAbsolutePath().getParent());
    try (OutputStream out = Files.newOutputStream(file)) {
      BitmapEncoder.saveBitmap(chart(family, shares), out, BitmapFormat.PNG);
    }
    return true;
  }

  private static HeatMapChart chart(String family, Shares shares) {
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
  private record Shares(List<String> layers, List<String> qualifiers, List<Number[]> cells) {

    static Shares last(Curves curves, String family, List<String> tasks) {
      List<ShareName> names =
          curves.byName().keySet().stream()
              .flatMap(metric -> ShareName.parse(metric, tasks).stream())
              .filter(name -> name.family().equals(family) && !name.wholeNetwork())
              .toList();
      List<String> layers =
          names.stream().map(ShareName::layer).distinct().sorted(new NaturalOrder()).toList();
      List<String> qualifiers = names.stream().map(SharingFigure::row).distinct().sorted().toList();
      List<Number[]> cells = new ArrayList<>();
      curves
          .byName()
          .forEach(
              (metric, points) ->
                  ShareName.parse(metric, tasks)
                      .filter(names::contains)
                      .ifPresent(
                          name ->
                              cells.add(
                                  new Number[] {
                                    layers.indexOf(name.layer()),
                                    qualifiers.indexOf(row(name)),
                                    points.get(points.size() - 1).value()
                                  })));
      return new Shares(layers, qualifiers, cells);
    }
  }

  private static String row(ShareName name) {
    return name.qualifier().isEmpty() ? "all" : name.qualifier();
  }
}
