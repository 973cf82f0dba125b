package dev.twofold.pipelines.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.pipelines.plan.Decision;
import dev.twofold.pipelines.plan.PlannedTrial;
import dev.twofold.pipelines.report.Pictures;
import dev.twofold.pipelines.report.ReportData.Activations;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.training.TrialSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ActivationPicturesTest {
  private static final StageKey EVALUATION = new StageKey("evaluate", "e".repeat(32));
  private static final TrialSpec TRIAL =
      new TrialSpec("mtal", "mtal", "office", Map.of(), 1, List.of("u"), EVALUATION.hex(), true);

  @TempDir Path workdir;
  private Path evaluation;
  private ActivationPictures pictures;

  @BeforeEach
  void makeArtifact() throws IOException {
    ArtifactStore store = new ArtifactStore(workdir);
    evaluation = Files.createDirectories(store.directory(EVALUATION));
    Files.write(evaluation.resolve("confusion-amazon.png"), new byte[] {9});
    pictures = new ActivationPictures(store);
  }

  @Test
  void areThoseOfTheLayersInTheirOrder() throws IOException {
    Files.write(evaluation.resolve("activation-conv2_1.png"), new byte[] {2});
    Files.write(evaluation.resolve("activation-conv1_1.png"), new byte[] {1});

    assertThat(pictures.of(trial()))
        .contains(
            new Activations(
                TRIAL,
                List.of(Pictures.address(new byte[] {1}), Pictures.address(new byte[] {2}))));
  }

  @Test
  void anEvaluationWithoutThemHasNone() throws IOException {
    assertThat(pictures.of(trial())).isEmpty();
  }

  /** 5 million bytes are 6.7 million characters. */
  @Test
  void aPageThatIsFullGetsNoMore() throws IOException {
    Files.write(evaluation.resolve("activation-conv1_1.png"), new byte[5_000_000]);

    assertThat(pictures.of(trial()).orElseThrow().pictures()).hasSize(1);
    assertThat(pictures.of(trial())).contains(new Activations(TRIAL, List.of()));
  }

  private static PlannedTrial trial() {
    return new PlannedTrial(
        TRIAL,
        EVALUATION,
        Map.of(),
        Map.of(),
        new Decision(Decision.Action.RUN, ""),
        null,
        Map.of(),
        true,
        1);
  }
}
