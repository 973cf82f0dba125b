package dev.twofold.pipelines.report;

import dev.twofold.models.ImageShape;
import dev.twofold.pipelines.configuration.PaperSettings;
import dev.twofold.pipelines.report.Curves.Point;
import dev.twofold.pipelines.report.ReportData.Auxiliary;
import dev.twofold.pipelines.report.ReportData.Conditions;
import dev.twofold.pipelines.report.ReportData.Group;
import dev.twofold.pipelines.report.ReportData.Mistake;
import dev.twofold.pipelines.report.ReportData.Mistakes;
import dev.twofold.pipelines.report.ReportData.Sides;
import dev.twofold.pipelines.report.ReportData.Status;
import dev.twofold.pipelines.report.ReportData.TaskFacts;
import dev.twofold.pipelines.report.ReportData.Trial;
import dev.twofold.transforms.training.TrialResult;
import dev.twofold.transforms.training.TrialResult.ClassResult;
import dev.twofold.transforms.training.TrialResult.TaskResult;
import dev.twofold.transforms.training.TrialSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A report of the size of a real one, with made-up numbers: for looking at its face. */
final class Example {

  private static final List<String> AMAZON =
      List.of("back_pack", "bike", "calculator", "headphones", "keyboard", "laptop_computer");
  private static final List<String> WEBCAM =
      List.of("bottle", "desk_chair", "desk_lamp", "phone", "back_pack");

  private Example() {}

  /** Writes the example to the folder that is the only argument. */
  public static void main(String[] arguments) throws Exception {
    Report.write(data(), Path.of(arguments[0]));
  }

  static ReportData data() {
    List<Group> groups =
        List.of(
            new Group("amazon+webcam", List.of("amazon", "webcam")),
            new Group("dslr+product", List.of("dslr", "product")));
    List<Trial> trials = new ArrayList<>();
    for (Group group : groups) {
      for (String method :
          List.of("single-task", "multi-task", "cross-stitch", "nddr-cnn", "mtal", "damtl")) {
        for (int repeat = 1; repeat <= 3; repeat++) {
          trials.add(trial(group, method, repeat));
        }
      }
    }
    Trial last = trials.get(trials.size() - 1);
    trials.set(
        trials.size() - 1,
        new Trial(
            last.spec(),
            last.conditions(),
            Status.FAILED,
            "Training diverged at step 212 of task product (last finite loss 3.41)",
            null,
            last.curves()));
    Random random = new Random(5);
    return new ReportData(
        "office31",
        Instant.parse("2026-03-01T12:34:56Z"),
        "name: office31\nrepeats: 3\nmethods:\n  - mtal\n  - damtl\n",
        Map.of(
            "Java",
            "17.0.15",
            "TensorFlow",
            "2.18.0",
            "Apache Beam",
            "2.70.0",
            "Apache Flink",
            "1.19.3"),
        "2 cores, avx512",
        groups,
        trials,
        List.of(
            new Auxiliary(
                "tiny-imagenet-100",
                .274,
                1860,
                new Curves(
                    Map.of(
                        "loss/auxiliary",
                        curve(random, 14, 4.4, 2.9, .02),
                        "accuracy/auxiliary",
                        curve(random, 14, .03, .274, .004))))),
        List.of("Webcam holds near-identical views of one object: a random split flatters it."),
        mistakes(trials.get(0).spec()),
        List.of(),
        List.of(
            facts("amazon+webcam", "amazon", 2),
            facts("amazon+webcam", "webcam", 4),
            facts("dslr+product", "dslr", 4),
            facts("dslr+product", "product", 0)),
        Map.of(
            Map.of(),
            Map.of(
                "amazon+webcam/amazon", new Sides(700, 300, true),
                "amazon+webcam/webcam", new Sides(210, 90, true),
                "dslr+product/dslr", new Sides(105, 45, true),
                "dslr+product/product", new Sides(700, 300, true))),
        paper());
  }

  private static TaskFacts facts(String group, String task, int covered) {
    return new TaskFacts(group, task, task, new ImageShape(32, 32, 3), 10, covered, true, false);
  }

  private static List<Mistakes> mistakes(TrialSpec trial) {
    Random random = new Random(6);
    List<Mistake> shown = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      byte[] pixels = new byte[32 * 32 * 3];
      for (int p = 0; p < pixels.length; p++) {
        pixels[p] = (byte) (120 + 60 * Math.sin(p / (20.0 + i)) + random.nextInt(30));
      }
      shown.add(
          new Mistake(AMAZON.get(i % 6), AMAZON.get((i + 1) % 6), .9 - .08 * i, picture(pixels)));
    }
    return List.of(new Mistakes(trial, "amazon", 31, shown));
  }

  private static String picture(byte[] pixels) {
    try {
      return Thumbnail.of(pixels, 32, 32, 3);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static PaperSettings paper() {
    return new PaperSettings(
        "DAMTL Table 4",
        Map.of(
            "amazon+webcam/amazon", "Amazon",
            "amazon+webcam/webcam", "Webcam",
            "dslr+product/dslr", "Dslr",
            "dslr+product/product", "Product"),
        Map.of(
            "single-task", "Single-task",
            "multi-task", "Multi-task",
            "cross-stitch", "Cross-Stitch",
            "nddr-cnn", "NDDR-CNN",
            "mtal", "MTAL",
            "damtl", "DAMTL"),
        Map.of("dslr+product/product", "Product (Office-Home)"));
  }

  private static Trial trial(Group group, String method, int repeat) {
    Random random = new Random((group.name() + method).hashCode() * 31L + repeat);
    Map<String, List<Point>> curves = new LinkedHashMap<>();
    Map<String, TaskResult> tasks = new LinkedHashMap<>();
    for (String task : group.tasks()) {
      double end =
          .7
              + .03 * (method.length() % 4)
              + random.nextGaussian() * .015
              + (task.length() % 2) * .1;
      curves.put("accuracy/" + task, curve(random, 25, .15, end, .012));
      curves.put("loss/" + task, curve(random, 25, 2.3, .4 + .05 * (method.length() % 4), .04));
      tasks.put(task, result(random, group.tasks().indexOf(task) == 0 ? AMAZON : WEBCAM, end));
    }
    for (int layer = 1; layer <= 13 && method.equals("mtal"); layer++) {
      curves.put("sharing/conv" + layer, curve(random, 25, 0, .85 - .045 * layer, .01));
      curves.put("sharing/twin/conv" + layer, curve(random, 25, 0, .6 - .04 * layer, .01));
    }
    if (method.equals("mtal")) {
      curves.put("sharing/total", curve(random, 25, 0, .39, .01));
      curves.put("sharing/twin/total", curve(random, 25, 0, .3, .01));
      curves.put("compression", curve(random, 25, 0, .42, .01));
      curves.put("compression/excess/total", curve(random, 25, 0, .03, .005));
    }
    for (int layer = 1; layer <= 13 && method.equals("damtl"); layer++) {
      for (String task : group.tasks()) {
        curves.put(
            "sparsity/conv" + layer + "/" + task, curve(random, 25, 0, .1 + .03 * layer, .01));
        curves.put("sparsity_mask_mean/" + task + "/conv" + layer, curve(random, 25, .9, .8, .01));
        curves.put(
            "sparsity_start_correlation/" + task + "/conv" + layer, curve(random, 25, 1, .6, .01));
      }
    }
    if (method.equals("damtl")) {
      curves.put("sparsity/total", curve(random, 25, 0, .29, .01));
    }
    TrialSpec spec =
        new TrialSpec(method, method, group.name(), Map.of(), repeat, List.of("u"), "e", true);
    return new Trial(
        spec,
        new Conditions(
            "auxiliary",
            "",
            "random",
            method.equals("mtal") ? "300 steps" : "200 steps",
            Map.of(),
            ""),
        Status.FINISHED,
        "",
        new TrialResult(tasks, 300 + 90 * method.length() + random.nextInt(60)),
        new Curves(curves));
  }

  private static List<Point> curve(
      Random random, int epochs, double from, double to, double noise) {
    List<Point> points = new ArrayList<>();
    for (int epoch = 1; epoch <= epochs; epoch++) {
      double value = to + (from - to) * Math.exp(-epoch / 5.0) + random.nextGaussian() * noise;
      points.add(new Point(epoch, Math.max(0, value)));
    }
    return points;
  }

  private static TaskResult result(Random random, List<String> names, double accuracy) {
    List<ClassResult> classes = new ArrayList<>();
    List<List<Integer>> confusion = new ArrayList<>();
    for (int truth = 0; truth < names.size(); truth++) {
      List<Integer> row = new ArrayList<>();
      for (int predicted = 0; predicted < names.size(); predicted++) {
        row.add(truth == predicted ? 18 + random.nextInt(8) : Math.max(0, random.nextInt(7) - 4));
      }
      confusion.add(row);
      classes.add(
          new ClassResult(
              names.get(truth),
              accuracy - .02,
              accuracy + .02,
              accuracy,
              row.stream().mapToInt(i -> i).sum()));
    }
    return new TaskResult(accuracy, accuracy - .01, classes, confusion);
  }
}
