package dev.twofold.transforms.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.models.ImageShape;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.training.Checkpoint;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.Manifest;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.evaluation.TrialExport;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A unit of a closed form leaves what a unit of a trained graph leaves. */
class UnitTrainingTest {
  private static final ImageShape SHAPE = new ImageShape(4, 4, 3);

  @TempDir Path workdir;

  private ModelRequest request;
  private Path directory;

  @BeforeEach
  void ingest() throws Exception {
    List<TaskSpec> tasks = TestTasks.two(workdir, SHAPE);
    UnitSpec unit =
        new UnitSpec(
            "train",
            "mtda",
            Map.of(
                "sharing",
                "joint",
                "features",
                "pixels",
                "r",
                2,
                "epsilon",
                0.1,
                "iterations",
                5,
                "tolerance",
                0,
                "classifier",
                "nearestMean"),
            new BackboneSettings(null, null, null, false),
            null,
            null,
            tasks,
            null,
            1,
            1);
    JsonNode inputs = TrainingJson.MAPPER.valueToTree(Map.of("made", "by a test"));
    StageKey key = StageKey.of("train", inputs);
    ModelRequest.Train train = new ModelRequest.Train(key.hex(), unit, inputs, inputs);
    request = ModelRequest.toTrain(workdir.toString(), 1 << 20, train);
    directory = new ArtifactStore(workdir).directory(key);
  }

  @Test
  void leavesAWholeArtifact() throws Exception {
    assertThat(new UnitTraining(request).run(() -> false, null)).isTrue();

    assertThat(directory.resolve("manifest.json")).exists();
    assertThat(directory.resolve("weights.npz")).exists();
    assertThat(directory.resolve("savedmodel/first/saved_model.pb")).exists();
    assertThat(directory.resolve("savedmodel/second/saved_model.pb")).exists();
    UnitResult result =
        TrainingJson.MAPPER.readValue(
            Files.readString(directory.resolve("result.json")), UnitResult.class);
    assertThat(result.tasks()).containsOnlyKeys("first", "second");
    assertThat(result.tasks().get("first"))
        .returns(14, UnitResult.TaskScore::trainImages)
        .returns(6, UnitResult.TaskScore::testImages)
        .returns(1.0, UnitResult.TaskScore::accuracy);
    assertThat(result.shares()).containsOnlyKeys("objective");
    List<JsonNode> events = events();
    assertThat(events.get(events.size() - 1).path("event").asText()).isEqualTo("done");
    assertThat(events.stream().filter(event -> event.path("name").asText().equals("objective")))
        .extracting(event -> event.path("step").asInt())
        .startsWith(1)
        .hasSize(result.steps());
    assertThat(events.stream().filter(event -> event.path("event").asText().equals("progress")))
        .extracting(event -> event.path("epochs").asInt())
        .containsOnly(5)
        .hasSize(result.steps());
  }

  @Test
  void oneThatIsStoppedBeginsAgain() throws Exception {
    assertThat(new UnitTraining(request).run(() -> true, null)).isFalse();
    assertThat(directory.resolve("manifest.json")).doesNotExist();

    assertThat(new UnitTraining(request).run(() -> false, null)).isTrue();
    assertThat(events().stream().filter(event -> event.path("event").asText().equals("start")))
        .hasSize(1);
  }

  /** As a kill leaves it that comes between the two: the one or the other is there. */
  @Test
  void isWholeBeforeItsCheckpointGoes() throws Exception {
    Path undeletable = Files.createDirectories(directory.resolve("checkpoint/state.json"));
    Files.writeString(undeletable.resolve("file"), "");

    assertThatThrownBy(() -> new UnitTraining(request).run(() -> false, null))
        .isInstanceOf(DirectoryNotEmptyException.class);
    Manifest manifest = new ArtifactStore(workdir).find(request.train().stageKey()).orElseThrow();
    assertThat(manifest.files())
        .extracting(Manifest.Entry::path)
        .contains("weights.npz")
        .noneMatch(path -> path.startsWith("checkpoint"));
  }

  /** As one finds it that has waited for the lock of another child, killed at its end. */
  @Test
  void aProcessTrainsNothingThatIsWhole() throws Exception {
    assertThat(new UnitTraining(request).run(() -> false, null)).isTrue();
    Weights weights = new Weights();
    weights.put("a", new Weights.Weight(new long[] {1}, new float[] {1}));
    new UnitFiles(directory).save(new Checkpoint(1, 1, new double[] {0}, weights), 7);
    String manifest = Files.readString(directory.resolve("manifest.json"));

    assertThat(
            ModelProcesses.run(
                request, workdir.resolve("process"), DeviceChoice.CPU, ModelProcesses.MAX_SILENCE))
        .isEqualTo(ModelProcesses.Ending.DONE);
    assertThat(directory.resolve("manifest.json")).hasContent(manifest);
  }

  /** As at Ctrl-C: whenever it comes, no part of an export is left. */
  @Test
  void anExportThatIsStoppedLeavesNothing() throws Exception {
    assertThat(new UnitTraining(request).run(() -> false, null)).isTrue();
    Path exports = Files.createDirectory(workdir.resolve("exports"));
    ModelRequest.Export export =
        new ModelRequest.Export(
            List.of(request.train()),
            Map.of(),
            ModelRequest.Export.Form.AS_TRAINED,
            exports.resolve("made").toString());
    ModelRequest exporting = ModelRequest.toExport(workdir.toString(), 1 << 20, export);
    for (int asked : List.of(1, 2, 3, 6)) {
      AtomicInteger left = new AtomicInteger(asked);
      assertThat(new TrialExport(exporting, export).run(() -> left.decrementAndGet() <= 0))
          .isFalse();
      assertThat(exports).isEmptyDirectory();
      assertThat(workdir.resolve("scratch"))
          .isDirectoryNotContaining(folder -> folder.getFileName().toString().startsWith("export"));
    }

    assertThat(new TrialExport(exporting, export).run(() -> false)).isTrue();
    assertThat(exports.resolve("made/export.json")).isRegularFile();
  }

  /** Its process then opens both sides of all the unit's tasks. */
  @Test
  void aPredictionOpensTheImagesWhereTheModelIsNotKept() throws Exception {
    ModelRequest predicting =
        ModelRequest.toPredict(
            workdir.toString(),
            1 << 20,
            new ModelRequest.Predict(request.train(), "second", "prepared", 1, "made.csv"));
    ArtifactStore store = new ArtifactStore(workdir);
    assertThat(predicting.openTasks(store)).containsExactly(request.train().unit().tasks());

    Files.createDirectories(directory.resolve("savedmodel/second"));
    assertThat(predicting.openTasks(store)).isEmpty();
  }

  private List<JsonNode> events() throws Exception {
    List<JsonNode> events = new ArrayList<>();
    for (String line : Files.readAllLines(directory.resolve("events.jsonl"))) {
      events.add(TrainingJson.MAPPER.readTree(line));
    }
    return events;
  }
}
