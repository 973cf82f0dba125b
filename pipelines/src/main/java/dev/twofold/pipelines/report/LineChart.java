package dev.twofold.pipelines.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * A small chart of lines over a training or a swept value, with a band of one deviation around each
 * where repeats were averaged. It has neither title nor legend: the page sets both, once for all
 * charts of a group.
 */
final class LineChart {

  private static final int WIDTH = 460;
  private static final int HEIGHT = 270;
  private static final int LEGEND_ROW = 22;
  private static final int MOST_MARKED = 10;
  private static final double MOST_LINEAR = 100;
  private static final int BAND_OPACITY = 48; // of 255
  private static final float LINE_WIDTH = 2.2f;
  private static final float MITER_LIMIT = 10; // of no account to round joins
  private static final MathContext LABEL_DIGITS = new MathContext(6);
  private static final Color INK = new Color(0x44, 0x4c, 0x56);
  private static final Color GRID = new Color(0xe6, 0xe9, 0xed);
  private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 13);

  /** A point of the chart. */
  private record Point(double x, double y) {}

  private final XYChart chart;
  private final boolean overTraining;

  /** A chart over epochs. */
  LineChart() {
    this("epoch");
  }

  /** A chart over a training, in epochs, steps or passes. */
  LineChart(String unit) {
    this(unit, "0", true);
  }

  private LineChart(String xTitle, String xPattern, boolean overTraining) {
    this.overTraining = overTraining;
    chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).xAxisTitle(xTitle).build();
    XYStyler style = chart.getStyler();
    style.setBaseFont(FONT);
    style
        .setChartTitleVisible(false)
        .setLegendVisible(false)
        .setChartBackgroundColor(Color.WHITE)
        .setPlotBackgroundColor(Color.WHITE)
        .setPlotBorderVisible(false)
        .setChartPadding(4)
        .setPlotContentSize(.97)
        .setChartFontColor(INK);
    style
        .setAxisTitleFont(FONT)
        .setAxisTickLabelsFont(FONT)
        .setAxisTickLabelsColor(INK)
        .setAxisTickMarksColor(GRID)
        .setAxisTicksLineVisible(false)
        .setPlotGridLinesColor(GRID)
        .setPlotGridLinesStroke(new BasicStroke(1f))
        .setPlotGridVerticalLinesVisible(false)
        .setYAxisTitleVisible(false)
        .setXAxisTickMarkSpacingHint(55)
        .setYAxisTickMarkSpacingHint(38)
        .setPlotMargin(0)
        .setLocale(Locale.ROOT)
        .setXAxisDecimalPattern(xPattern)
        .setyAxisTickLabelsFormattingFunction(LineChart::label);
  }

  /** In six digits: of a constant, the library's one tick would have all of its. */
  static String label(double value) {
    return new BigDecimal(value).round(LABEL_DIGITS).stripTrailingZeros().toPlainString();
  }

  /**
   * A chart over the values of a sweep, on a logarithmic axis where they span more than {@link
   * #MOST_LINEAR}.
   *
   * @param key that is swept, one word
   */
  static LineChart over(String key, Collection<Double> values) {
    LineChart chart = new LineChart(key, "0.##########", false);
    chart.chart.getStyler().setXAxisLogarithmic(spanDecades(values));
    return chart;
  }

  /** A logarithm has no place for zero. */
  private static boolean spanDecades(Collection<Double> values) {
    double least = Collections.min(values);
    return least > 0 && Collections.max(values) / least > MOST_LINEAR;
  }

  /** Lets the vertical axis run from 0 to 1. */
  void unitInterval() {
    chart.getStyler().setYAxisMin(0.0).setYAxisMax(1.0);
  }

  /** Lets the vertical axis begin at 0. */
  void fromZero() {
    chart.getStyler().setYAxisMin(0.0);
  }

  /** Adds a line with its band; values that are not finite leave both out at their steps. */
  void add(BandedLine line, Ink ink) {
    add(line, ink, "series " + chart.getSeriesMap().size());
  }

  /**
   * As above.
   *
   * @param name for the legend of {@link #write}
   */
  void add(BandedLine line, Ink ink, String name) {
    Color colour = Color.decode(ink.colour());
    List<BandedLine.Place> places =
        line.places().stream().filter(BandedLine.Place::finite).toList();
    if (places.isEmpty()) {
      return;
    }
    markRoundValues(places);
    if (places.stream().anyMatch(place -> place.deviation() > 0)) {
      addBand(places, colour);
    }
    List<Point> points = places.stream().map(place -> new Point(place.at(), place.mean())).toList();
    XYSeries series = series(points);
    series.setLabel(name);
    series
        .setLineColor(colour)
        .setLineStyle(
            new BasicStroke(
                LINE_WIDTH,
                BasicStroke.CAP_BUTT,
                BasicStroke.JOIN_ROUND,
                MITER_LIMIT,
                ink.pattern().dash(),
                0));
    if (points.size() == 1) {
      series.setMarker(SeriesMarkers.CIRCLE).setMarkerColor(colour);
    }
  }

  /**
   * The library sets a label at each of equally spaced values, however densely; an unseen point off
   * their grid makes it choose round ones.
   */
  private void markRoundValues(List<BandedLine.Place> places) {
    if (overTraining && isEmpty() && places.size() > MOST_MARKED) {
      double[] x = {places.get(0).at() - .5};
      double[] y = {places.get(0).mean()};
      XYSeries unseen = chart.addSeries("off the grid", x, y);
      unseen.setShowInLegend(false);
      unseen.setMarker(SeriesMarkers.NONE);
    }
  }

  private void addBand(List<BandedLine.Place> places, Color colour) {
    List<Point> outline = new ArrayList<>();
    places.forEach(place -> outline.add(new Point(place.at(), place.mean() + place.deviation())));
    List<Point> lower = new ArrayList<>();
    places.forEach(place -> lower.add(new Point(place.at(), place.mean() - place.deviation())));
    Collections.reverse(lower);
    outline.addAll(lower);
    Color faint = new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), BAND_OPACITY);
    XYSeries band = series(outline);
    band.setShowInLegend(false);
    band.setXYSeriesRenderStyle(XYSeriesRenderStyle.PolygonArea);
    band.setFillColor(faint);
    band.setLineColor(new Color(0, 0, 0, 0)).setLineWidth(0);
  }

  private XYSeries series(List<Point> points) {
    XYSeries series =
        chart.addSeries(
            "series " + chart.getSeriesMap().size(),
            points.stream().mapToDouble(Point::x).toArray(),
            points.stream().mapToDouble(Point::y).toArray());
    series.setMarker(SeriesMarkers.NONE);
    return series;
  }

  /** Whether no line has a finite value: such a chart cannot be drawn. */
  boolean isEmpty() {
    return chart.getSeriesMap().isEmpty();
  }

  /** Writes the chart as a picture, a legend with a row a line below it. */
  void write(Path file) throws IOException {
    chart.getStyler().setLegendVisible(true);
    chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
    int rows =
        (int) chart.getSeriesMap().values().stream().filter(XYSeries::isShowInLegend).count();
    Pictures.write(chart, WIDTH, HEIGHT + rows * LEGEND_ROW, file);
  }

  /** The chart below its caption, as an SVG element that scales with its page. */
  Page.Chart under(String caption, List<Page.LegendEntry> legend) {
    return new Page.Chart(caption, svg(caption), legend);
  }

  /**
   * The chart as an SVG element.
   *
   * @param label what it is called for who cannot see it
   */
  String svg(String label) {
    return InlineSvg.of(chart, label);
  }
}
