package dev.twofold.pipelines.report;

import java.util.List;
import java.util.Map;

/**
 * What report.ftlh fills in: texts as they are shown, not yet escaped, which is the template's
 * part. Public because the template reads it by reflection.
 */
public record Page(
    String experiment,
    String created,
    String machine,
    int finished,
    int planned,
    List<String> notes,
    List<Ended> unfinished,
    ScoreTable accuracy,
    ScoreTable macroF1,
    List<BarGroup> bars,
    Tests tests,
    List<ChartGroup> sweeps,
    List<ChartGroup> curves,
    List<ShareGroup> shares,
    List<BarGroup> times,
    PlainTable timeTable,
    List<AuxiliaryView> auxiliaries,
    List<Confusions> confusions,
    PlainTable data,
    List<TrialRow> trials,
    String configuration,
    Map<String, String> versions) {

  /**
   * A table without marks.
   *
   * @param texts how many of its columns, the first ones, are words; the others are numbers
   * @param remark below it
   */
  public record PlainTable(List<String> heads, int texts, List<List<String>> rows, String remark) {}

  /** A trial that did not finish. */
  public record Ended(String group, String name, int repeat, String status, String reason) {}

  /** Scores of all methods in all groups. */
  public record ScoreTable(
      List<GroupHead> groups, List<ScoreHead> heads, List<ScoreRow> rows, List<Footnote> notes) {

    /** Whether any score has a published one beside it. */
    public boolean isPublished() {
      return rows.stream()
          .flatMap(row -> row.scores().stream())
          .anyMatch(score -> !score.published().isEmpty());
    }
  }

  /**
   * A group's head above those of its columns.
   *
   * @param width number of its columns
   */
  public record GroupHead(String name, int width) {}

  /**
   * A column's head.
   *
   * @param paper the published column's name; empty where there is none
   * @param mark of its footnote; empty where it has none
   * @param edge {@code edge} where a group begins
   */
  public record ScoreHead(String name, String paper, String mark, String edge) {}

  /** Scores of a method. */
  public record ScoreRow(String name, String colour, String repeats, List<Score> scores) {}

  /**
   * One score.
   *
   * @param rank {@code best}, {@code second} or {@code other}
   * @param published empty where the paper has none
   * @param edge {@code edge} where a group begins
   */
  public record Score(String text, String rank, String published, String difference, String edge) {}

  /** A remark below a table. */
  public record Footnote(String mark, String text) {}

  /**
   * Paired tests.
   *
   * @param method what is tested, and how
   * @param remark what the repeats at hand can show
   */
  public record Tests(String method, String remark, List<TestTable> tables) {}

  /**
   * Methods against one baseline.
   *
   * @param unlike what else than the method differs; may be empty
   */
  public record TestTable(String title, List<TestHead> heads, List<TestRow> rows, String unlike) {}

  /** A column's head, and the group that it is in. */
  public record TestHead(String name, String group) {}

  /**
   * One method.
   *
   * @param against the baseline's name in the configuration
   */
  public record TestRow(String name, String colour, String against, List<TestCell> cells) {}

  /**
   * One test.
   *
   * @param rank {@code best} where it is significant, else {@code other}
   */
  public record TestCell(String difference, String p, String rank) {}

  /** Charts that share a legend, a row a metric. */
  public record ChartGroup(String group, List<LegendEntry> legend, List<List<Chart>> rows) {}

  /** A colour's meaning. */
  public record LegendEntry(String name, String colour) {}

  /** One chart; its own legend is empty where the group has one. */
  public record Chart(String caption, String svg, List<LegendEntry> legend) {}

  /** What the columns of a group share or leave out. */
  public record ShareGroup(
      String group,
      List<HeatMap> heatMaps,
      List<LayerTable> tables,
      List<LegendEntry> legend,
      List<Chart> totals,
      List<Chart> layers,
      List<ActivationView> activations) {}

  /**
   * Activation maps of a method's first repeat.
   *
   * @param pictures data addresses
   * @param remark in their place; empty where they are there
   */
  public record ActivationView(String name, List<String> pictures, String remark) {}

  /** Last values by layer with their deviations: {@link ShareTable.Print}. */
  public record LayerTable(String title, List<String> heads, List<List<String>> rows) {}

  /** Last values per layer. */
  public record HeatMap(String title, List<String> columns, List<HeatRow> rows) {}

  /** One row of a heat map. */
  public record HeatRow(String name, String colour, List<HeatCell> cells) {}

  /** One value of a heat map, and its background. */
  public record HeatCell(String text, String style) {}

  /** A bar a method. */
  public record BarGroup(String group, List<Bar> bars) {}

  /**
   * One bar.
   *
   * @param percent of the longest bar
   * @param margin that the deviation needs to its right, in percent of the longest bar
   * @param whisker style of the deviation's mark; empty where there is none
   */
  public record Bar(
      String name, String colour, String percent, String text, String margin, String whisker) {}

  /** One auxiliary network. */
  public record AuxiliaryView(String name, String accuracy, String minutes, List<Chart> charts) {}

  /** The first repeat of a method on a group's tasks. */
  public record Confusions(String title, List<TaskView> tasks) {}

  /**
   * One task's classes.
   *
   * @param remark which of many classes are listed; empty where all are
   * @param matrix empty when there are too many classes to read it
   * @param wrong how many images are classified wrongly, and how many are shown; empty when unknown
   */
  public record TaskView(
      String name,
      String accuracy,
      List<ClassRow> classes,
      String remark,
      List<HeatRow> matrix,
      List<String> columns,
      String wrong,
      List<WrongImage> pictures) {}

  /** A wrongly classified image. */
  public record WrongImage(String picture, String truth, String predicted, String probability) {}

  /** One class. */
  public record ClassRow(String name, String precision, String recall, String f1, String support) {}

  /** One trial in the list of all. */
  public record TrialRow(
      String group, String name, String repeat, String status, String accuracy, String minutes) {}
}
