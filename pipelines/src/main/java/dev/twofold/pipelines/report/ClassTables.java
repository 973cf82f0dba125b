package dev.twofold.pipelines.report;

import dev.twofold.pipelines.report.ReportData.Group;
import dev.twofold.pipelines.report.ReportData.Mistake;
import dev.twofold.pipelines.report.ReportData.Mistakes;
import dev.twofold.pipelines.report.ReportData.Trial;
import dev.twofold.transforms.training.TrialResult;
import dev.twofold.transforms.training.TrialResult.ClassResult;
import dev.twofold.transforms.training.TrialResult.TaskResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/** Precision and recall by class, and the confusion matrix, of each method's first repeat. */
final class ClassTables {

  /** More than these are a table that nobody reads, and of many trials a page that none opens. */
  private static final int MOST_CLASSES_IN_A_TABLE = 100;

  private static final List<Integer> RIGHT = List.of(35, 95, 150);
  private static final List<Integer> WRONG = List.of(204, 85, 40);

  private ClassTables() {}

  static Stream<Page.Confusions> of(ReportData data, Group group) {
    return data.trialsOf(group.name())
        .filter(trial -> trial.spec().repeat() == 1)
        .flatMap(
            trial -> trial.result().map(result -> confusions(data, group, trial, result)).stream());
  }

  private static Page.Confusions confusions(
      ReportData data, Group group, Trial trial, TrialResult result) {
    return new Page.Confusions(
        group.name() + " · " + Variant.of(trial.spec()).name(),
        group.tasks().stream()
            .filter(task -> Objects.nonNull(result.tasks().get(task)))
            .map(task -> task(task, result.tasks().get(task), mistakes(data, trial, task)))
            .toList());
  }

  /** One record, or none where the predictions are not there. */
  private static List<Mistakes> mistakes(ReportData data, Trial trial, String task) {
    return data.mistakes().stream()
        .filter(mistakes -> mistakes.trial().equals(trial.spec()) && mistakes.task().equals(task))
        .toList();
  }

  private static Page.TaskView task(String name, TaskResult result, List<Mistakes> mistakes) {
    boolean readable =
        !result.confusion().isEmpty()
            && result.classes().size() <= ReportData.MOST_CLASSES_IN_A_MATRIX;
    return new Page.TaskView(
        name,
        PageBuilder.decimals(result.accuracy()),
        listed(result.classes()).map(ClassTables::row).toList(),
        remark(result.classes().size()),
        readable ? matrix(result) : List.of(),
        result.classes().stream().map(ClassResult::name).toList(),
        mistakes.stream()
            .filter(all -> all.count() > 0)
            .map(ClassTables::words)
            .findFirst()
            .orElse(""),
        mistakes.stream().flatMap(all -> all.shown().stream()).map(ClassTables::picture).toList());
  }

  private static Stream<ClassResult> listed(List<ClassResult> classes) {
    return classes.size() <= MOST_CLASSES_IN_A_TABLE
        ? classes.stream()
        : classes.stream()
            .sorted(Comparator.comparingDouble(ClassResult::f1))
            .limit(MOST_CLASSES_IN_A_TABLE);
  }

  private static String remark(int classes) {
    return classes <= MOST_CLASSES_IN_A_TABLE
        ? ""
        : "The %d of %d classes with the lowest F1.".formatted(MOST_CLASSES_IN_A_TABLE, classes);
  }

  private static String words(Mistakes mistakes) {
    return mistakes.shown().isEmpty()
        ? "%d classified wrongly; no pictures, to keep the page small".formatted(mistakes.count())
        : "%d classified wrongly; %d shown, the surest first"
            .formatted(mistakes.count(), mistakes.shown().size());
  }

  private static Page.WrongImage picture(Mistake mistake) {
    return new Page.WrongImage(
        mistake.picture(),
        mistake.truth(),
        mistake.predicted(),
        String.format(Locale.ROOT, "%.2f", mistake.probability()));
  }

  private static Page.ClassRow row(ClassResult result) {
    return new Page.ClassRow(
        result.name(),
        PageBuilder.decimals(result.precision()),
        PageBuilder.decimals(result.recall()),
        PageBuilder.decimals(result.f1()),
        "" + result.support());
  }

  private static List<Page.HeatRow> matrix(TaskResult result) {
    List<Page.HeatRow> rows = new ArrayList<>();
    for (int i = 0; i < result.confusion().size(); i++) {
      rows.add(
          new Page.HeatRow(
              result.classes().get(i).name(), "", cells(i, result.confusion().get(i))));
    }
    return rows;
  }

  private static List<Page.HeatCell> cells(int truth, List<Integer> counts) {
    double support = Math.max(1, counts.stream().mapToInt(Integer::intValue).sum());
    List<Page.HeatCell> cells = new ArrayList<>();
    for (int predicted = 0; predicted < counts.size(); predicted++) {
      int count = counts.get(predicted);
      cells.add(
          new Page.HeatCell(
              count == 0 ? "" : "" + count,
              Shade.cell(count / support, predicted == truth ? RIGHT : WRONG)));
    }
    return cells;
  }
}
