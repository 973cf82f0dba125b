package dev.twofold.pipelines.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.models.ImageShape;
import dev.twofold.pipelines.plan.Decision;
import dev.twofold.pipelines.plan.Plan;
import dev.twofold.pipelines.plan.PlannedTrial;
import dev.twofold.transforms.artifacts.ArtifactLock;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.Manifest;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.training.EventLog;
import dev.twofold.transforms.training.TrialSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptModelsTest {
  private static final StageKey UNIT = new StageKey("train", "a".repeat(32));
  private static final StageKey OTHER = new StageKey("train", "b".repeat(32));
  private static final String MODEL = "savedmodel/grey/saved_model.pb";

  @TempDir private Path workdir;
  private ArtifactStore store;

  @BeforeEach
  void twoEvaluatedUnits() throws IOException {
    store = new ArtifactStore(workdir);
    for (StageKey unit : List.of(UNIT, OTHER)) {
      Path directory = store.createDirectory(unit);
      Files.writeString(directory.resolve("weights.npz"), "weights");
      Files.createDirectories(directory.resolve(MODEL).getParent());
      Files.writeString(directory.resolve(MODEL), "model");
      store.commit(unit, Map.of(), Map.of());
      evaluate(unit.hex());
    }
  }

  private Path evaluate(String evaluation) {
    StageKey key = new StageKey("evaluate", evaluation);
    Path directory = store.createDirectory(key);
    store.commit(key, Map.of(), Map.of());
    return directory;
  }

  /** Another run's evaluation of a unit. */
  private Path logged(StageKey unit) throws IOException {
    Path events = evaluate("c".repeat(32)).resolve("events.jsonl");
    try (EventLog log = EventLog.open(events, 0, null)) {
      log.metric("test_accuracy/grey", 1, 0);
      log.model(
          "grey",
          "../../train/%s/savedmodel/grey".formatted(unit.hex()),
          "grey",
          new ImageShape(4, 4, 1),
          List.of("a", "b"));
      log.done();
    }
    return events;
  }

  private List<String> tidy(boolean keepModels) {
    return KeptModels.tidy(
        new Plan(
            "x",
            0,
            workdir,
            List.of(),
            List.of(),
            List.of(),
            List.of(trial(UNIT, keepModels), trial(OTHER, false)),
            List.of(),
            Map.of(),
            List.of()));
  }

  private static PlannedTrial trial(StageKey unit, boolean keepModels) {
    StageKey evaluation = new StageKey("evaluate", unit.hex());
    TrialSpec spec =
        new TrialSpec(
            "mtal", "mtal", "one", Map.of(), 1, List.of(unit.hex()), evaluation.hex(), true);
    Decision reused = new Decision(Decision.Action.REUSE, "");
    return new PlannedTrial(
        spec, evaluation, Map.of(), Map.of(), reused, null, Map.of(), keepModels, 1);
  }

  private List<String> parts(StageKey unit) {
    return store.find(unit).orElseThrow().files().stream().map(Manifest.Entry::path).toList();
  }

  private Path models(StageKey unit) {
    return store.directory(unit).resolve("savedmodel");
  }

  private Path aside(StageKey unit) {
    return store.directory(unit).resolve(".savedmodel");
  }

  private void assertGone(StageKey unit) {
    assertThat(parts(unit)).containsExactly("weights.npz");
    assertThat(models(unit)).doesNotExist();
    assertThat(aside(unit)).doesNotExist();
  }

  private void assertThere(StageKey unit) {
    assertThat(parts(unit)).containsExactly(MODEL, "weights.npz");
    assertThat(models(unit)).isDirectory();
  }

  @Test
  void modelsThatNobodyKeepsGo() {
    assertThat(tidy(false)).isEmpty();
    assertGone(UNIT);
    assertGone(OTHER);
  }

  @Test
  void modelsOfATrialThatKeepsThemStay() {
    assertThat(tidy(true)).isEmpty();
    assertThere(UNIT);
    assertGone(OTHER);
  }

  @Test
  void modelsOfATrialThatIsNotEvaluatedStay() throws IOException {
    Files.delete(store.directory(new StageKey("evaluate", UNIT.hex())).resolve("manifest.json"));
    assertThat(tidy(false)).isEmpty();
    assertThere(UNIT);
    assertGone(OTHER);
  }

  /** It may not be delivered yet. */
  @Test
  void modelsThatAnotherRunHasLoggedStay() throws IOException {
    Path events = logged(UNIT);
    Files.write(
        events, new byte[] {'{', '"', (byte) 0xc3}, StandardOpenOption.APPEND); // a torn line
    assertThat(tidy(false)).isEmpty();
    assertThere(UNIT);
    assertGone(OTHER);
  }

  /** As an evaluation has that is about to log them. */
  @Test
  void modelsOfAUnitThatSomebodyHasStay() throws IOException {
    assertThat(ArtifactLock.holding(workdir, UNIT, () -> tidy(false))).isEmpty();
    assertThere(UNIT);
    assertGone(OTHER);
  }

  @Test
  void aUnitIsWholeWheneverADeletionIsCutOff() throws IOException {
    store.leaveOut(UNIT, store.find(UNIT).orElseThrow(), "savedmodel");
    assertThat(parts(UNIT)).containsExactly("weights.npz");
    store.leaveOut(OTHER, store.find(OTHER).orElseThrow(), "savedmodel");
    Files.move(models(OTHER), aside(OTHER));
    assertThat(parts(OTHER)).containsExactly("weights.npz");

    assertThat(tidy(false)).isEmpty();
    assertGone(UNIT);
    assertGone(OTHER);
  }

  @Test
  void whatCannotBeDeletedEndsNoRun() throws IOException {
    Path inTheWay = Files.writeString(workdir.resolve("locks"), "");
    assertThat(tidy(false))
        .hasSize(2)
        .anyMatch(warning -> warning.contains(UNIT.hex()))
        .allMatch(warning -> warning.startsWith("Cannot delete the models of unit "))
        .allMatch(warning -> warning.contains(": Cannot use %s: ".formatted(inTheWay)));
    assertThere(UNIT);
    assertThere(OTHER);
  }
}
