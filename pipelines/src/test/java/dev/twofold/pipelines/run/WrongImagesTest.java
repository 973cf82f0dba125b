package dev.twofold.pipelines.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.pipelines.plan.Decision;
import dev.twofold.pipelines.plan.Plan;
import dev.twofold.pipelines.plan.PlannedTrial;
import dev.twofold.pipelines.plan.PlannedUnit;
import dev.twofold.pipelines.report.ReportData.Mistake;
import dev.twofold.pipelines.report.ReportData.Mistakes;
import dev.twofold.pipelines.report.Thumbnail;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.parquet.DatasetWriter;
import dev.twofold.transforms.parquet.PredictionsWriter;
import dev.twofold.transforms.parquet.RowInfo;
import dev.twofold.transforms.training.TaskSpec;
import dev.twofold.transforms.training.TrialSpec;
import dev.twofold.transforms.training.UnitSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WrongImagesTest {

  private static final String DATASET = "d".repeat(32);
  private static final String EVALUATION = "e".repeat(32);
  private static final String UNIT = "f".repeat(32);
  private static final TrialSpec TRIAL =
      new TrialSpec("mtal", "mtal", "office", Map.of(), 1, List.of(UNIT), EVALUATION, true);

  @TempDir Path workdir;
  private ArtifactStore store;

  /** Three images, of which image i is one pixel (i, 0, 0). */
  @BeforeEach
  void writeDataset() throws IOException {
    store = new ArtifactStore(workdir);
    Path dataset = Files.createDirectories(store.directory(new StageKey("ingest", DATASET)));
    try (DatasetWriter writer = new DatasetWriter(dataset.resolve("part-00000.parquet"))) {
      for (int i = 0; i < 3; i++) {
        RowInfo row = new RowInfo("0" + i, "mug", "", 1, 1, 3, "", "", "", 1, 1);
        writer.write(row, new byte[] {(byte) i, 0, 0});
      }
    }
  }

  @Test
  void showsWhatIsTakenForAnotherClassTheSurestFirst() throws IOException {
    try (PredictionsWriter writer = predictions()) {
      writer.write("00", "mug", "bike", new float[] {.625f, .375f});
      writer.write("01", "mug", "mug", new float[] {.25f, .75f});
      writer.write("02", "mug", "bike", new float[] {.875f, .125f});
    }

    assertThat(new WrongImages(plan()).of(trial()))
        .containsExactly(
            new Mistakes(
                TRIAL,
                "amazon",
                2,
                List.of(
                    new Mistake("mug", "bike", .875, Thumbnail.of(new byte[] {2, 0, 0}, 1, 1, 3)),
                    new Mistake(
                        "mug", "bike", .625, Thumbnail.of(new byte[] {0, 0, 0}, 1, 1, 3)))));
  }

  @Test
  void withoutPredictionsThereIsNothingToShow() throws IOException {
    assertThat(new WrongImages(plan()).of(trial())).isEmpty();
  }

  private PredictionsWriter predictions() throws IOException {
    Path evaluation =
        Files.createDirectories(store.directory(new StageKey("evaluate", EVALUATION)));
    return new PredictionsWriter(evaluation.resolve("predictions-amazon.parquet"));
  }

  private Plan plan() {
    TaskSpec task =
        new TaskSpec(
            "amazon", List.of(DATASET), List.of("bike", "mug"), null, null, Map.of(), null, null);
    UnitSpec spec =
        new UnitSpec("train", "mtal", Map.of(), null, null, null, List.of(task), null, 1, 1);
    PlannedUnit unit =
        new PlannedUnit(
            new StageKey("train", UNIT), spec, Map.of(), new Decision(Decision.Action.RUN, ""), 1);
    return new Plan(
        "office",
        0,
        workdir,
        List.of(),
        List.of(),
        List.of(unit),
        List.of(trial()),
        List.of(),
        Map.of(),
        List.of());
  }

  private static PlannedTrial trial() {
    return new PlannedTrial(
        TRIAL,
        new StageKey("evaluate", EVALUATION),
        Map.of(),
        Map.of(),
        new Decision(Decision.Action.RUN, ""),
        null,
        Map.of(),
        false,
        1);
  }
}
