package dev.twofold.pipelines.report;

import dev.twofold.models.ImageShape;
import dev.twofold.pipelines.configuration.PaperSettings;
import dev.twofold.pipelines.report.ReportData.Conditions;
import dev.twofold.pipelines.report.ReportData.Group;
import dev.twofold.pipelines.report.ReportData.Sides;
import dev.twofold.pipelines.report.ReportData.Status;
import dev.twofold.pipelines.report.ReportData.TaskFacts;
import dev.twofold.pipelines.report.ReportData.Trial;
import dev.twofold.transforms.training.TrialResult;
import dev.twofold.transforms.training.TrialResult.ClassResult;
import dev.twofold.transforms.training.TrialResult.TaskResult;
import dev.twofold.transforms.training.TrialSpec;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Small reports with numbers that are worked out by hand. */
public final class Reports {

  static final Curves NO_CURVES = new Curves(Map.of());

  private static final Conditions STARTED =
      new Conditions("auxiliary", "", "random", "200 steps", Map.of(), "");
  private static final Group OFFICE = new Group("office", List.of("amazon", "webcam"));

  private Reports() {}

  /** A report of these trials of the group {@code office}. */
  public static ReportData of(List<Trial> trials) {
    return of(List.of(OFFICE), trials, null);
  }

  static ReportData of(List<Group> groups, List<Trial> trials, PaperSettings paper) {
    return of(groups, trials, paper, true);
  }

  /** A report whose repeats all test on the same images. */
  static ReportData onFixedSplit(List<Trial> trials) {
    return of(List.of(OFFICE), trials, null, false);
  }

  /** A report of trials of the group {@code office}, whose splits differ by point of a sweep. */
  static ReportData withSides(
      List<Trial> trials, Map<Map<String, Object>, Map<String, Sides>> sides) {
    return of(List.of(OFFICE), trials, null, true, sides);
  }

  private static ReportData of(
      List<Group> groups, List<Trial> trials, PaperSettings paper, boolean resampled) {
    return of(groups, trials, paper, resampled, Map.of(Map.of(), sides(groups, 70, 30, resampled)));
  }

  private static ReportData of(
      List<Group> groups,
      List<Trial> trials,
      PaperSettings paper,
      boolean resampled,
      Map<Map<String, Object>, Map<String, Sides>> sides) {
    return new ReportData(
        "office31",
        Instant.parse("2026-03-01T12:34:56Z"),
        "name: office31\n",
        Map.of("Java", "17"),
        "2 cores",
        groups,
        trials,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        tasks(groups, resampled),
        sides,
        paper);
  }

  /** Ten classes of colour images, without an auxiliary task. */
  private static List<TaskFacts> tasks(List<Group> groups, boolean resampled) {
    ImageShape shape = new ImageShape(32, 32, 3);
    return groups.stream()
        .flatMap(
            group ->
                group.tasks().stream()
                    .map(
                        task ->
                            new TaskFacts(
                                group.name(), task, task, shape, 10, null, resampled, false)))
        .toList();
  }

  /** So many images of each task of {@code office}. */
  static Map<String, Sides> sides(int train, int test) {
    return sides(List.of(OFFICE), train, test, true);
  }

  private static Map<String, Sides> sides(
      List<Group> groups, int train, int test, boolean resampled) {
    Map<String, Sides> sides = new HashMap<>();
    for (Group group : groups) {
      group
          .tasks()
          .forEach(
              task ->
                  sides.put(
                      PaperSettings.taskOf(group.name(), task), new Sides(train, test, resampled)));
    }
    return sides;
  }

  /** A finished trial with these accuracies. */
  public static Trial finished(String method, int repeat, double amazon, double webcam) {
    return finished(method, repeat, Map.of(), amazon, webcam);
  }

  static Trial finished(
      String method, int repeat, Map<String, Object> point, double amazon, double webcam) {
    return new Trial(
        spec(method, repeat, point),
        STARTED,
        Status.FINISHED,
        "",
        new TrialResult(
            Map.of("amazon", task(amazon, "bike", "mug"), "webcam", task(webcam, "phone", "lamp")),
            90),
        NO_CURVES);
  }

  /** A finished trial of a method that has its start in its label. */
  static Trial started(String method, String start, int repeat, double accuracy) {
    return started(
        method, new Conditions(start, "", "random", "200 steps", Map.of(), ""), repeat, accuracy);
  }

  static Trial started(String method, Conditions conditions, int repeat, double accuracy) {
    Trial trial = finished(method, repeat, accuracy, accuracy);
    TrialSpec spec =
        new TrialSpec(
            method + " " + conditions.start(),
            method,
            "office",
            Map.of(),
            repeat,
            List.of("unit"),
            "evaluation",
            true);
    return new Trial(spec, conditions, trial.status(), "", trial.evaluated(), trial.curves());
  }

  /** The same trial with these curves. */
  static Trial with(Trial trial, Curves curves) {
    return new Trial(
        trial.spec(),
        trial.conditions(),
        trial.status(),
        trial.reason(),
        trial.evaluated(),
        curves);
  }

  /** The same trial of another group. */
  static Trial in(String group, Trial trial) {
    TrialSpec spec = trial.spec();
    return new Trial(
        new TrialSpec(
            spec.label(),
            spec.method(),
            group,
            spec.point(),
            spec.repeat(),
            spec.units(),
            spec.evaluation(),
            spec.joint()),
        trial.conditions(),
        trial.status(),
        trial.reason(),
        trial.evaluated(),
        trial.curves());
  }

  static Trial unfinished(String method, int repeat, Status status, String reason) {
    return new Trial(spec(method, repeat, Map.of()), STARTED, status, reason, null, NO_CURVES);
  }

  static TrialSpec spec(String method, int repeat, Map<String, Object> point) {
    return new TrialSpec(
        method, method, "office", point, repeat, List.of("unit"), "evaluation", true);
  }

  static TaskResult task(double accuracy, String first, String second) {
    return new TaskResult(
        accuracy,
        accuracy - .1,
        List.of(new ClassResult(first, .9, .8, .85, 10), new ClassResult(second, .7, .6, .65, 10)),
        List.of(List.of(8, 2), List.of(4, 6)));
  }
}
