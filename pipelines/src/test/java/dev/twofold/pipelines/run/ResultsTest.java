package dev.twofold.pipelines.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.pipelines.configuration.Configuration;
import dev.twofold.pipelines.configuration.ConfigurationReader;
import dev.twofold.pipelines.plan.Decision;
import dev.twofold.pipelines.plan.Plan;
import dev.twofold.pipelines.plan.PlannedPretraining;
import dev.twofold.pipelines.plan.PlannedRun;
import dev.twofold.pipelines.plan.PlannedTrial;
import dev.twofold.pipelines.plan.PlannedUnit;
import dev.twofold.pipelines.report.ReportData.Sides;
import dev.twofold.pipelines.report.ReportData.Status;
import dev.twofold.pipelines.report.ReportData.Trial;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.training.DeviceChoice;
import dev.twofold.transforms.training.Failures;
import dev.twofold.transforms.training.ModelProcesses.Ending;
import dev.twofold.transforms.training.ModelRequest;
import dev.twofold.transforms.training.TaskSpec;
import dev.twofold.transforms.training.TrainingJson;
import dev.twofold.transforms.training.TrialResult;
import dev.twofold.transforms.training.TrialSpec;
import dev.twofold.transforms.training.UnitResult;
import dev.twofold.transforms.training.UnitResult.TaskScore;
import dev.twofold.transforms.training.UnitSpec;
import dev.twofold.transforms.training.WorkPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {

  private static final StageKey NETWORK = new StageKey("pretrain", "a".repeat(32));
  private static final StageKey DIVERGED = new StageKey("train", "b".repeat(32));
  private static final StageKey WAITING = new StageKey("train", "c".repeat(32));
  private static final Optional<String> PIPELINE = Optional.of("The pipeline failed: disk full");

  @TempDir Path workdir;

  @Test
  void aTrialThatFailedItselfKeepsItsReason() throws IOException {
    Failures failures = new Failures(work("now"));
    failures.add(DIVERGED, new Ending(3, "Training diverged at step 7"));
    failures.add(NETWORK, new Ending(3, "Training diverged at step 2"));
    Results results = results();

    assertThat(results.reason(trial(DIVERGED), PIPELINE)).contains("Training diverged at step 7");
    assertThat(results.reason(trial(WAITING), PIPELINE)).isEqualTo(PIPELINE);
    assertThat(results.reason(trial(WAITING), Optional.empty())).contains("it was not trained");
    assertThat(results.reason(pretraining(), PIPELINE)).contains("Training diverged at step 2");
  }

  /** What failed before was to be tried again, and the pipeline did not come to it. */
  @Test
  void aReasonOfAnEarlierStartIsNotTheTrialsOwn() throws IOException {
    new Failures(work("before")).add(DIVERGED, new Ending(1, "The machine was lost"));

    assertThat(results().reason(trial(DIVERGED), PIPELINE)).isEqualTo(PIPELINE);
  }

  @Test
  void numbersOfImagesAreThoseOfTheFirstUnitThatIsStillThere() throws IOException {
    finish(WAITING);

    List<Trial> trials = List.of(finished(DIVERGED), finished(WAITING));

    assertThat(results().sides(trials))
        .isEqualTo(Map.of(Map.of(), Map.of("one/grey", new Sides(80, 20, false))));
  }

  /** Evaluated trials are whole without it, so nobody trains it again. */
  @Test
  void anAuxiliaryNetworkThatSomebodyDeletedIsNotReported() throws IOException {
    Results results = results(work("now", List.of()));
    Path folder = finish(NETWORK);
    assertThat(results.auxiliary(pretraining()))
        .hasValueSatisfying(network -> assertThat(network.name()).isEqualTo("auxiliary network"))
        .hasValueSatisfying(network -> assertThat(network.accuracy()).isEqualTo(.75));

    Files.delete(folder.resolve("manifest.json"));
    assertThat(results.auxiliary(pretraining())).as("its manifest alone").isEmpty();
    DurableFiles.deleteTree(folder);
    assertThat(results.auxiliary(pretraining())).as("all of it").isEmpty();
  }

  /** Makes an artifact whole, and gives its folder. */
  private Path finish(StageKey key) throws IOException {
    ArtifactStore store = new ArtifactStore(workdir);
    UnitResult unit =
        new UnitResult(Map.of("grey", new TaskScore(.75, 0, 80, 20)), 1, 1.0, Map.of());
    Path folder = store.createDirectory(key);
    TrainingJson.MAPPER.writeValue(folder.resolve("result.json").toFile(), unit);
    store.commit(key, Map.of(), Map.of());
    return folder;
  }

  private static Trial finished(StageKey unit) {
    return new Trial(
        trial(unit).spec(), null, Status.FINISHED, "", new TrialResult(Map.of(), 0), null);
  }

  private Results results() throws IOException {
    return results(work("now"));
  }

  private Results results(WorkPlan work) throws IOException {
    Plan plan =
        new Plan(
            "x",
            0,
            workdir,
            List.of(),
            List.of(pretraining()),
            List.of(unit(DIVERGED), unit(WAITING)),
            List.of(trial(DIVERGED), trial(WAITING)),
            List.of(),
            Map.of(),
            List.of());
    return new Results(plan, configuration(), work);
  }

  private Configuration configuration() throws IOException {
    Path file =
        Files.writeString(
            workdir.resolve("x.yaml"),
            """
            name: x
            datasets: {grey: {source: grey.zip}}
            groups: {one: {tasks: [grey]}}
            methods: {single-task: {start: scratch}}
            """);
    return new ConfigurationReader(Map.of()).read(file, List.of()).configuration();
  }

  private WorkPlan work(String start) {
    return work(start, List.of(train(NETWORK)));
  }

  private WorkPlan work(String start, List<ModelRequest.Train> pretrain) {
    return new WorkPlan(
        start,
        workdir.toString(),
        "token",
        1,
        DeviceChoice.CPU,
        3600,
        pretrain,
        List.of(train(DIVERGED), train(WAITING)),
        List.of());
  }

  private static ModelRequest.Train train(StageKey key) {
    return new ModelRequest.Train(
        key.hex(),
        unit(key).spec(),
        TrainingJson.MAPPER.createObjectNode(),
        TrainingJson.MAPPER.createObjectNode());
  }

  private static PlannedUnit unit(StageKey key) {
    TaskSpec task = new TaskSpec("grey", List.of(), List.of(), null, null, Map.of(), null, null);
    UnitSpec spec =
        new UnitSpec(
            key.stage(),
            "single-task",
            Map.of(),
            new BackboneSettings(null, null, null, null),
            null,
            null,
            List.of(task),
            null,
            1,
            1);
    return new PlannedUnit(key, spec, Map.of(), run(), 1);
  }

  private static PlannedPretraining pretraining() {
    PlannedRun run = new PlannedRun("auxiliary", "x", "x/a", "auxiliary network", "a", List.of());
    return new PlannedPretraining(unit(NETWORK), run, Map.of());
  }

  private static PlannedTrial trial(StageKey unit) {
    StageKey evaluation = new StageKey("evaluate", unit.hex());
    TrialSpec spec =
        new TrialSpec(
            "single-task",
            "single-task",
            "one",
            Map.of(),
            1,
            List.of(unit.hex()),
            evaluation.hex(),
            true);
    return new PlannedTrial(spec, evaluation, Map.of(), Map.of(), run(), null, Map.of(), false, 1);
  }

  private static Decision run() {
    return new Decision(Decision.Action.RUN, "");
  }
}
