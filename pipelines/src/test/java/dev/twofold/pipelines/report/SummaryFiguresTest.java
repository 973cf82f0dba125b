package dev.twofold.pipelines.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.pipelines.report.Curves.Point;
import dev.twofold.pipelines.report.ReportData.Trial;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SummaryFiguresTest {

  @TempDir Path folder;

  @Test
  void drawsBarsSweepsHeatMapsCurvesAndTimes() throws IOException {
    List<Trial> trials = new ArrayList<>();
    trials.add(Reports.finished("single-task", 1, .5, .5));
    trials.add(Reports.finished("mtal", 1, Map.of("methods.mtal.threshold", .1), .5, .6));
    Trial last = Reports.finished("mtal", 1, Map.of("methods.mtal.threshold", .2), .6, .7);
    trials.add(
        new Trial(
            last.spec(),
            last.conditions(),
            last.status(),
            "",
            last.evaluated(),
            new Curves(
                Map.of(
                    "sharing/conv1",
                    List.of(new Point(1, .8)),
                    "loss/webcam",
                    List.of(new Point(1, .8), new Point(2, .5))))));
    Map<String, Path> figures = SummaryFigures.write(Reports.of(trials), folder);

    assertThat(figures.keySet())
        .containsExactly(
            "accuracy/office · mean of tasks",
            "accuracy/office · amazon",
            "accuracy/office · webcam",
            "sweep/threshold",
            "sharing/office",
            "curves/office · webcam · loss",
            "time/office");
    for (Path file : figures.values()) {
      BufferedImage image = ImageIO.read(file.toFile());
      assertThat(image.getWidth()).isGreaterThan(200);
      int[] pixels =
          image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
      assertThat(Arrays.stream(pixels).distinct().count()).as(file.toString()).isGreaterThan(10);
    }
  }

  /** With many methods it would be all of the picture otherwise. */
  @Test
  void aPictureGrowsWithTheLegendBelowIt() throws IOException {
    List<Integer> heights = new ArrayList<>();
    for (int methods : List.of(1, 14)) {
      List<Trial> trials = new ArrayList<>();
      for (int i = 1; i <= methods; i++) {
        Trial finished = Reports.finished("method-" + i, 1, .5, .5);
        trials.add(
            new Trial(
                finished.spec(),
                finished.conditions(),
                finished.status(),
                "",
                finished.evaluated(),
                new Curves(Map.of("loss/webcam", List.of(new Point(1, .8), new Point(2, .5))))));
      }
      Path file =
          SummaryFigures.write(Reports.of(trials), folder).get("curves/office · webcam · loss");
      heights.add(ImageIO.read(file.toFile()).getHeight());
    }
    assertThat(heights.get(1) - heights.get(0)).isEqualTo(13 * 22);
  }

  @Test
  void writesNothingForNoTrials() throws IOException {
    assertThat(SummaryFigures.write(Reports.of(List.of()), folder)).isEmpty();
  }
}
