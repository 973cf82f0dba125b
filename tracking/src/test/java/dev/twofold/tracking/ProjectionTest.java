package dev.twofold.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(TestServer.class)
class ProjectionTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path workdir;
  private String experiment;
  private ServerView server;

  @BeforeEach
  void nameExperiment(TestInfo test) {
    experiment = test.getTestMethod().orElseThrow().getName();
    server = new ServerView(TestServer.uri());
  }

  private Delivery project(RunWriter... runs) throws Exception {
    try (Tracker tracker = TestTracker.connect(TestServer.uri(), workdir)) {
      for (RunWriter run : runs) {
        tracker.add(run.folder());
      }
      return tracker.close(PATIENCE);
    }
  }

  @Test
  void projectsAWholeRun() throws Exception {
    RunWriter run = new RunWriter(workdir, experiment, "mtal · amazon+webcam · 1");
    run.header().start().param("method", "mtal").tag("group", "a+w");
    RunWriter.Log unit = run.unit("u1").start();
    for (int epoch = 0; epoch < 3; epoch++) {
      unit.metric("accuracy/amazon", .5 + epoch / 8., epoch).checkpoint(epoch);
    }
    unit.done();
    run.outcome().end("FINISHED", "");
    RunDescription description = run.describe();

    Delivery delivery = project(run);

    assertThat(delivery.undelivered()).isEmpty();
    assertThat(delivery.warnings()).isEmpty();
    JsonNode mlflow = server.onlyRun(experiment);
    assertThat(mlflow.path("info").path("run_name").asText()).isEqualTo(description.name());
    assertThat(mlflow.path("info").path("status").asText()).isEqualTo("FINISHED");
    assertThat(mlflow.path("info").path("start_time").asLong()).isEqualTo(RunWriter.TIME);
    assertThat(mlflow.path("info").path("end_time").asLong()).isEqualTo(RunWriter.TIME + 60_000);
    assertThat(ServerView.params(mlflow)).containsEntry("method", "mtal");
    assertThat(ServerView.tags(mlflow))
        .containsEntry("group", "a+w")
        .containsEntry("twofold.key", run.key())
        .doesNotContainKey("twofold.reason");
    assertThat(server.history(ServerView.id(mlflow), "accuracy/amazon"))
        .containsExactly("0=0.5", "1=0.625", "2=0.75");
  }

  /** The server has one profile of a name and digest, and one context of it in a run. */
  @Test
  void eachSideOfASplitIsADatasetOfItsOwn() throws Exception {
    RunWriter first = split("sides 1", "s1", 70, "s2", 30);
    RunWriter second = split("sides 2", "s3", 60, "s4", 40);
    RunWriter older = split("sides 3", "", 50, "", 50);

    assertThat(project(first, second, older).warnings()).isEmpty();

    assertThat(inputs("sides 1")).containsExactly("amazon d1 test 30", "amazon d1 train 70");
    assertThat(inputs("sides 2")).containsExactly("amazon d1 test 40", "amazon d1 train 60");
    assertThat(inputs("sides 3")).containsExactly("amazon d1 test 50", "amazon d1 train 50");
  }

  private RunWriter split(String name, String train, int trained, String test, int tested)
      throws Exception {
    RunWriter run = new RunWriter(workdir, experiment, name);
    run.header()
        .start()
        .input("amazon", "d1", train, "train", trained)
        .input("amazon", "d1", test, "test", tested);
    run.describe();
    return run;
  }

  private List<String> inputs(String name) throws Exception {
    List<String> inputs = new ArrayList<>();
    for (JsonNode run : server.runs(experiment)) {
      if (run.path("info").path("run_name").asText().equals(name)) {
        for (JsonNode input : run.path("inputs").path("dataset_inputs")) {
          JsonNode dataset = input.path("dataset");
          JsonNode profile = Transport.JSON.readTree(dataset.path("profile").asText());
          inputs.add(
              "%s %s %s %d"
                  .formatted(
                      dataset.path("name").asText(),
                      profile.path("dataset_digest").asText(),
                      input.path("tags").get(0).path("value").asText(),
                      profile.path("num_rows").asInt()));
        }
      }
    }
    return inputs.stream().sorted().toList();
  }

  /** SQLite takes longer ones, which other databases refuse. */
  @Test
  void aRunsNameHasRoomInEveryDatabase() throws Exception {
    RunWriter run =
        new RunWriter(workdir, experiment, "named").with("name", "mtal (" + "x".repeat(301));
    run.header().start().param("method", "mtal");
    run.describe();

    assertThat(project(run).isComplete()).isTrue();
    assertThat(server.onlyRun(experiment).path("info").path("run_name").asText())
        .hasSize(250)
        .endsWith("x… [cut: 307 characters]");
  }

  @Test
  void aRunLastsAsLongAsItsUnitsAndNotUntilItsEvaluation() throws Exception {
    long begun = RunWriter.TIME + 40_000;
    RunWriter run = new RunWriter(workdir, experiment, "later");
    run.header().start().param("method", "mtal");
    RunWriter.Log unit = run.unit("later-unit");
    RunWriter.Log evaluation = run.evaluation("later");
    RunWriter.Log outcome = run.outcome();
    run.describe();
    assertThat(project(run).isComplete()).isTrue();
    assertThatThrownBy(() -> server.onlyRun(experiment))
        .as("nothing of it has begun")
        .hasMessageContaining("Could not find experiment");

    unit.append(Transport.JSON.createObjectNode().put("event", "start").put("time", begun));
    assertThat(project(run).isComplete()).isTrue();
    assertThat(statusOf(server.onlyRun(experiment))).isEqualTo("RUNNING");

    unit.append(Transport.JSON.createObjectNode().put("event", "done").put("time", begun + 5000));
    evaluation.done();
    outcome.end("FINISHED", "");
    assertThat(project(run).isComplete()).isTrue();
    JsonNode info = server.onlyRun(experiment).path("info");
    assertThat(info.path("start_time").asLong()).isEqualTo(begun);
    assertThat(info.path("end_time").asLong()).isEqualTo(begun + 5000);
    assertThat(ServerView.params(server.onlyRun(experiment))).containsEntry("method", "mtal");
  }

  @Test
  void aRunThatEndsBeforeAnyUnitTakesNoTime() throws Exception {
    RunWriter run = new RunWriter(workdir, experiment, "never begun");
    run.header().start().param("method", "mtal");
    run.unit("never-begun-unit");
    run.outcome().end("FAILED", "the auxiliary network diverged");
    run.describe();
    assertThat(project(run).isComplete()).isTrue();

    JsonNode info = server.onlyRun(experiment).path("info");
    assertThat(info.path("start_time").asLong()).isEqualTo(RunWriter.TIME + 90_000);
    assertThat(info.path("end_time").asLong()).isEqualTo(RunWriter.TIME + 90_000);
  }

  @Test
  void aRunThatIsInterruptedBeforeAnyUnitIsNotThereYet() throws Exception {
    RunWriter run = new RunWriter(workdir, experiment, "put off");
    run.header().start();
    run.unit("put-off-unit");
    run.outcome().end("KILLED", "interrupted");
    run.describe();
    assertThat(project(run).isComplete()).isTrue();
    assertThatThrownBy(() -> server.onlyRun(experiment))
        .hasMessageContaining("Could not find experiment");
  }

  @Test
  void sends1500MetricsOfOneLog() throws Exception {
    RunWriter run = new RunWriter(workdir, experiment, "many");
    RunWriter.Log header = run.header().start();
    for (int step = 0; step < 1500; step++) {
      header.metric("loss/amazon", step, step);
    }
    run.describe();

    assertThat(project(run).isComplete()).isTrue();

    assertThat(server.history(ServerView.id(server.onlyRun(experiment)), "loss/amazon"))
        .containsExactlyElementsOf(
            IntStream.range(0, 1500).mapToObj(step -> step + "=" + step + ".0").toList());
  }

  @Test
  void keepsNumbersThatJsonHasNoWordFor() throws Exception {
    RunWriter run = new RunWriter(workdir, experiment, "diverged");
    run.header()
        .start()
        .metric("loss/a", "NaN", 0)
        .metric("loss/b", "Infinity", 0)
        .metric("loss/c", "-Infinity", 0)
        .metric("loss/d", 1.5, 0);
    run.describe();

    assertThat(project(run).isComplete()).isTrue();

    String id = ServerView.id(server.onlyRun(experiment));
    assertThat(server.history(id, "loss/a")).containsExactly("0=NaN");
    // MLflow's store has no infinity; it keeps the greatest double.
    assertThat(server.history(id, "loss/b")).containsExactly("0=" + Double.MAX_VALUE);
    assertThat(server.history(id, "loss/c")).containsExactly("0=" + -Double.MAX_VALUE);
    assertThat(server.history(id, "loss/d")).containsExactly("0=1.5");
  }

  @Test
  void projectsAnArtifactsLogOnlyToItsLastMark() throws Exception {
    RunWriter run = new RunWriter(workdir, experiment, "restarted");
    run.header().start();
    RunWriter.Log unit = run.unit("u2").start().metric("accuracy/a", .1, 0).checkpoint(0);
    unit.metric("accuracy/a", .2, 1);
    run.describe();
    assertThat(project(run).isComplete()).isTrue();
    String id = ServerView.id(server.onlyRun(experiment));
    assertThat(server.history(id, "accuracy/a")).containsExactly("0=0.1");

    unit.cutTo(3).metric("accuracy/a", .3, 1).checkpoint(1);
    assertThat(project(run).isComplete()).isTrue();

    assertThat(server.history(id, "accuracy/a")).containsExactly("0=0.1", "1=0.3");
  }

  @Test
  void aFailedLogThatWentOnUnseenIsProjectedWhole() throws Exception {
    RunWriter run = new RunWriter(workdir, experiment, "went on");
    run.header().start();
    RunWriter.Log unit = run.unit("u4").start();
    for (int step = 0; step < 40; step++) {
      unit.metric("loss/a", step, step);
    }
    unit.checkpoint(39).metric("loss/a", 40, 40).metric("loss/a", 41, 41);
    run.outcome().end("FAILED", "killed three times");
    run.describe();
    assertThat(project(run).isComplete()).isTrue();

    // Back to the checkpoint, and past the place that was projected, with the server away.
    unit.cutTo(42);
    for (int step = 40; step < 60; step++) {
      unit.metric("accuracy/a", step, step);
    }
    unit.done();
    assertThat(project(run).isComplete()).isTrue();

    String id = ServerView.id(server.onlyRun(experiment));
    assertThat(server.history(id, "accuracy/a")).hasSize(20).startsWith("40=40.0");
    assertThat(server.history(id, "loss/a")).hasSize(42);
  }

  @Test
  void takesTheFirstValueOfAStepWhenALogIsWrittenAnew() throws Exception {
    RunWriter run = new RunWriter(workdir, experiment, "rewritten");
    run.header().start();
    RunWriter.Log unit =
        run.unit("u3").start().metric("accuracy/a", .1, 0).metric("accuracy/a", .2, 1).done();
    run.describe();
    assertThat(project(run).isComplete()).isTrue();

    Files.delete(unit.file());
    unit.append(Transport.JSON.createObjectNode().put("event", "start").put("time", 5))
        .metric("accuracy/a", .7, 0)
        .metric("accuracy/a", .8, 1)
        .metric("accuracy/a", .9, 2)
        .done();
    assertThat(project(run).isComplete()).isTrue();

    assertThat(server.history(ServerView.id(server.onlyRun(experiment)), "accuracy/a"))
        .containsExactly("0=0.1", "1=0.2", "2=0.9");
  }

  @Test
  void replaysWithoutDoublingWhenItsStateIsLost() throws Exception {
    RunWriter run = new RunWriter(workdir, experiment, "forgotten");
    run.header().start().param("p", "1").figure("confusion/a", "a", 0).metric("m", 1, 0);
    run.outcome().end("FINISHED", "");
    run.describe();
    assertThat(project(run).isComplete()).isTrue();
    String id = ServerView.id(server.onlyRun(experiment));
    List<String> images = server.artifacts(id, "images");

    TestServer.deleteTree(workdir.resolve("tracking"));
    assertThat(project(run).isComplete()).isTrue();

    assertThat(ServerView.id(server.onlyRun(experiment))).isEqualTo(id);
    assertThat(server.history(id, "m")).containsExactly("0=1.0");
    assertThat(server.artifacts(id, "images")).isEqualTo(images).hasSize(2);
  }

  @Test
  void owesWhatEndedAndIsNotTold() throws Exception {
    RunWriter run = new RunWriter(workdir, experiment, "owed");
    run.header().start();
    run.evaluation("owed").start().metric("m", 1, 0).done();
    RunDescription description = run.describe();
    assertThat(owes(description)).as("at work").isFalse();
    run.outcome().end("KILLED", "interrupted");
    description = run.describe();
    assertThat(owes(description)).as("before it began there").isFalse();
    RunWriter summary = new RunWriter(workdir, experiment, "summary");
    summary.header().start();
    summary.outcome().end("KILLED", "interrupted");
    assertThat(owes(summary.describe()))
        .as("without units, which begins with its command")
        .isTrue();
    Path end = run.outcome().file();
    Files.delete(end);
    run.outcome().end("FINISHED", "");
    assertThat(owes(description)).isTrue();
    Path evaluation = run.evaluation("owed").file();
    Path aside = Files.move(evaluation, evaluation.resolveSibling("aside"));
    assertThat(owes(description)).as("when nothing can be told").isFalse();
    Files.move(aside, evaluation);

    assertThat(project(run).isComplete()).isTrue();
    assertThat(owes(description)).as("told").isFalse();
    Files.delete(end);
    run.outcome().end("KILLED", "interrupted");
    assertThat(owes(description)).as("with another end").isTrue();
    assertThat(project(run).isComplete()).isTrue();
    assertThat(owes(description)).as("that is told").isFalse();
    RunWriter parent = new RunWriter(workdir, experiment, "parent");
    description = run.with("parent", experiment + "/parent").describe();
    assertThat(owes(description)).as("below a run that was not there").isTrue();
    Files.delete(parent.folder());
    assertThat(owes(description)).as("below one that is deleted").isFalse();
  }

  private boolean owes(RunDescription run) throws IOException {
    try (Tracker tracker = TestTracker.connect(TestServer.uri(), workdir)) {
      return tracker.owes(run);
    }
  }

  /** As in a database that was restored; whatever else it lacks is not to be seen from here. */
  @Test
  void aRunThatTheServerHasAsBeforeItsEndIsSentAgain() throws Exception {
    RunWriter run = new RunWriter(workdir, experiment, "restored");
    run.header().start().param("p", "1").figure("confusion/a", "a", 0).metric("m", 1, 0);
    run.header().metric("m", 2, 1);
    RunWriter.Log outcome = run.outcome().end("FINISHED", "");
    run.describe();
    assertThat(project(run).warnings()).isEmpty();
    String id = ServerView.id(server.onlyRun(experiment));
    List<String> images = server.artifacts(id, "images");

    server.post(
        "runs/update",
        Transport.JSON.createObjectNode().put("run_id", id).put("status", "RUNNING"));
    assertThat(statusOf(server.onlyRun(experiment))).isEqualTo("RUNNING");
    Delivery delivery = project(run);

    assertThat(delivery.isComplete()).isTrue();
    assertThat(delivery.warnings())
        .containsExactly(
            "The server has run restored as it was before its end: projecting it anew");
    assertThat(ServerView.id(server.onlyRun(experiment))).isEqualTo(id);
    assertThat(statusOf(server.onlyRun(experiment))).isEqualTo("FINISHED");
    assertThat(server.history(id, "m")).containsExactly("0=1.0", "1=2.0");
    assertThat(server.artifacts(id, "images")).isEqualTo(images).hasSize(2);

    Files.delete(outcome.file()); // it goes on, and is RUNNING for that
    assertThat(project(run).warnings()).isEmpty();
    assertThat(statusOf(server.onlyRun(experiment))).isEqualTo("RUNNING");
    assertThat(project(run).warnings()).isEmpty();
    assertThat(server.history(id, "m")).containsExactly("0=1.0", "1=2.0");
  }

  @Test
  void aPictureThatIsMadeAgainIsShownOnce() throws Exception {
    RunWriter run = new RunWriter(workdir, experiment, "evaluated twice");
    run.header().start();
    run.unit("evaluated-unit").start().done();
    RunWriter.Log evaluation =
        run.evaluation("twice").start().figure("confusion/a", "a", 0).figure("confusion/b", "b", 0);
    evaluation.done();
    run.outcome().end("FINISHED", "");
    run.describe();
    assertThat(project(run).isComplete()).isTrue();
    String id = ServerView.id(server.onlyRun(experiment));
    List<String> images = server.artifacts(id, "images");

    evaluation.writtenAnew(Duration.ofDays(1));
    evaluation.figure("confusion/a", "a", 1).done();
    assertThat(project(run).isComplete()).isTrue();

    assertThat(images).hasSize(4);
    assertThat(server.artifacts(id, "images")).hasSize(6).containsAll(images);
  }

  @Test
  void aRunThatIsMadeAgainInAnotherWorkdirKeepsItsDurationAndItsPictures() throws Exception {
    RunWriter run = new RunWriter(workdir, experiment, "made twice");
    RunWriter.Log header = run.header().start();
    RunWriter.Log unit = run.unit("made-unit").start().figure("confusion/a", "a", 0).done();
    RunWriter.Log outcome = run.outcome().end("FINISHED", "");
    run.describe();
    assertThat(project(run).isComplete()).isTrue();
    String id = ServerView.id(server.onlyRun(experiment));

    TestServer.deleteTree(workdir.resolve("tracking"));
    Files.delete(workdir.resolve("runs/.identity"));
    for (RunWriter.Log log : List.of(header, unit, outcome)) {
      log.writtenAnew(Duration.ofDays(1));
    }
    assertThat(project(run).isComplete()).isTrue();

    JsonNode info = server.onlyRun(experiment).path("info");
    assertThat(info.path("run_id").asText()).isEqualTo(id);
    assertThat(info.path("start_time").asLong()).isEqualTo(RunWriter.TIME);
    assertThat(info.path("end_time").asLong()).isEqualTo(RunWriter.TIME + 60_000);
    assertThat(server.artifacts(id, "images")).hasSize(2);
  }

  /** As of two people who begin the same: the points of two trainings are not mixed. */
  @Test
  void workdirsAtWorkOnTheSameHaveARunEachAndALaterOneTakesWhatIsFinished() throws Exception {
    RunWriter one = twin("one", 0);
    RunWriter other = twin("other", 10);
    try (Tracker tracker = TestTracker.connect(TestServer.uri(), workdir.resolve("one"));
        Tracker rival = TestTracker.connect(TestServer.uri(), workdir.resolve("other"))) {
      tracker.add(one.folder());
      rival.add(other.folder());
      assertThat(tracker.flush(PATIENCE)).isTrue();
      assertThat(rival.flush(PATIENCE)).isTrue();
      endTwin(one, 1);
      endTwin(other, 11);
      assertThat(tracker.close(PATIENCE).isComplete()).isTrue();
      assertThat(rival.close(PATIENCE).isComplete()).isTrue();
    }
    assertThat(histories()).containsExactlyInAnyOrder("[0=0.0, 1=1.0]", "[0=10.0, 1=11.0]");
    assertThat(server.models(experiment)).hasSize(2);

    RunWriter later = twin("later", 20);
    endTwin(later, 21);
    projectTwin("later", later);
    RunWriter interrupted = twin("interrupted", 30);
    interrupted.outcome().end("KILLED", "interrupted");
    projectTwin("interrupted", interrupted);
    assertThat(histories()).containsExactlyInAnyOrder("[0=0.0, 1=1.0]", "[0=10.0, 1=11.0]");
    assertThat(server.models(experiment)).hasSize(2);
    assertThat(server.runs(experiment))
        .extracting(ProjectionTest::statusOf)
        .containsOnly("FINISHED");

    Files.writeString(interrupted.outcome().file(), ""); // it goes on there
    try (Tracker tracker = TestTracker.connect(TestServer.uri(), workdir.resolve("interrupted"))) {
      tracker.add(interrupted.folder());
      assertThat(tracker.flush(PATIENCE)).isTrue();
      assertThat(server.runs(experiment))
          .extracting(ProjectionTest::statusOf)
          .containsOnly("FINISHED");
    }
    endTwin(interrupted, 31);
    projectTwin("interrupted", interrupted);
    assertThat(histories()).containsExactlyInAnyOrder("[0=0.0, 1=1.0]", "[0=10.0, 1=11.0]");
    assertThat(server.runs(experiment))
        .extracting(ProjectionTest::statusOf)
        .containsOnly("FINISHED");
  }

  private void projectTwin(String folder, RunWriter run) throws Exception {
    try (Tracker tracker = TestTracker.connect(TestServer.uri(), workdir.resolve(folder))) {
      tracker.add(run.folder());
      assertThat(tracker.close(PATIENCE).isComplete()).isTrue();
    }
  }

  private RunWriter twin(String folder, double value) throws Exception {
    RunWriter run = new RunWriter(workdir.resolve(folder), experiment, "twin");
    run.header().start().metric("m", value, 0);
    RunWriter.Log unit = run.unit("twin-unit").start();
    Path saved = Files.createDirectories(unit.file().resolveSibling("savedmodel"));
    Files.writeString(saved.resolve("saved_model.pb"), "graph");
    unit.model("mtal", "savedmodel", "a").checkpoint(0);
    run.outcome();
    run.describe();
    return run;
  }

  private static void endTwin(RunWriter run, double value) throws Exception {
    run.header().metric("m", value, 1);
    run.unit("twin-unit").done();
    run.outcome().end("FINISHED", "");
  }

  private List<String> histories() throws Exception {
    List<String> histories = new ArrayList<>();
    for (JsonNode run : server.runs(experiment)) {
      histories.add(server.history(ServerView.id(run), "m").toString());
    }
    return histories;
  }

  @Test
  void anEvaluatedRunNeedsNoLogOfItsTraining() throws Exception {
    RunWriter run = new RunWriter(workdir, experiment, "evaluated");
    run.header().start().param("method", "mtal");
    RunWriter.Log unit = run.unit("deleted-unit").start().done();
    run.evaluation("evaluated").start().metric("accuracy/a", .5, 0).done();
    run.outcome().end("FINISHED", "");
    run.describe();
    TestServer.deleteTree(unit.file().getParent());

    Delivery delivery = project(run);

    assertThat(delivery.undelivered()).isEmpty();
    assertThat(delivery.warnings())
        .containsExactly(
            "Run evaluated, artifacts/train/deleted-unit/events.jsonl: it is not there, so the"
                + " server lacks what it told");
    JsonNode mlflow = server.onlyRun(experiment);
    assertThat(statusOf(mlflow)).isEqualTo("FINISHED");
    assertThat(ServerView.params(mlflow)).containsEntry("method", "mtal");
    assertThat(server.history(ServerView.id(mlflow), "accuracy/a")).containsExactly("0=0.5");

    // Made again after all, for another trial that shares it: what it tells and how long it took.
    unit.start().metric("loss/a", 2, 0).done();
    assertThat(project(run).warnings()).isEmpty();
    JsonNode info = server.onlyRun(experiment).path("info");
    assertThat(info.path("end_time").asLong() - info.path("start_time").asLong()).isEqualTo(60_000);
    assertThat(server.history(ServerView.id(mlflow), "loss/a")).containsExactly("0=2.0");
  }

  @Test
  void aRunMayEndWhoseTrainingIsDeletedOnceTheServerHasIt() throws Exception {
    RunWriter run = new RunWriter(workdir, experiment, "had");
    run.header().start();
    RunWriter.Log whole = run.unit("had-unit").start().metric("loss/a", 2, 0).done();
    RunWriter.Log begun = run.unit("begun-unit").start().metric("loss/b", 2, 0).checkpoint(0);
    RunWriter.Log outcome = run.outcome();
    run.describe();
    assertThat(project(run).isComplete()).isTrue();

    TestServer.deleteTree(whole.file().getParent());
    TestServer.deleteTree(begun.file().getParent());
    outcome.end("FINISHED", "");
    Delivery delivery = project(run);

    assertThat(delivery.undelivered()).isEmpty();
    assertThat(delivery.warnings()).singleElement().asString().contains("begun-unit");
    assertThat(statusOf(server.onlyRun(experiment))).isEqualTo("FINISHED");
  }

  @Test
  void aRunWhoseTrainingAndEvaluationAreMadeAgainWaitsForThem() throws Exception {
    RunWriter run = new RunWriter(workdir, experiment, "made again");
    run.header().start();
    run.unit("again-unit");
    run.evaluation("again");
    run.outcome().end("FINISHED", "");
    run.describe();
    assertThat(project(run).isComplete()).isTrue();
    assertThatThrownBy(() -> server.onlyRun(experiment))
        .hasMessageContaining("Could not find experiment");
  }

  @Test
  void shortensWithAMarkAndKeepsWhatWasLoggedFirst() throws Exception {
    RunWriter run = new RunWriter(workdir, experiment, "long");
    run.header()
        .start()
        .param("long", "x".repeat(7000))
        .tag("longer", "y".repeat(9000))
        .param("rho", ".4")
        .param("rho", ".55")
        .param("a(b)", "1")
        .param("a[b]", "2");
    for (int i = 0; i < 250; i++) {
      run.header().param("p" + i, "z".repeat(5000));
    }
    run.describe();

    Delivery delivery = project(run);

    assertThat(delivery.isComplete()).isTrue();
    assertThat(delivery.warnings()).hasSize(1).first().asString().contains("rho", ".4", ".55");
    JsonNode mlflow = server.onlyRun(experiment);
    Map<String, String> params = ServerView.params(mlflow);
    assertThat(params.get("long")).hasSize(6000).endsWith("x… [cut: 7000 characters]");
    assertThat(params).containsEntry("rho", ".4").hasSize(250 + 4);
    assertThat(params.keySet()).filteredOn(key -> key.startsWith("a_b_-")).hasSize(2);
    assertThat(ServerView.tags(mlflow).get("longer"))
        .hasSize(8000)
        .endsWith("y… [cut: 9000 characters]");
    assertThat(ServerView.tags(mlflow)).containsEntry("twofold.conflict.rho", ".55");
  }

  @Test
  void leavesOutOnlyTheEntryThatAnotherClientMadeImpossible() throws Exception {
    RunWriter run = new RunWriter(workdir, experiment, "two writers");
    RunWriter.Log header = run.header().start().metric("m", 1, 0);
    run.describe();
    try (Tracker tracker = TestTracker.connect(TestServer.uri(), workdir)) {
      tracker.add(run.folder());
      assertThat(tracker.flush(PATIENCE)).isTrue();
      String id = ServerView.id(server.onlyRun(experiment));
      server.post(
          "runs/log-parameter",
          Transport.JSON
              .createObjectNode()
              .put("run_id", id)
              .put("key", "q")
              .put("value", "theirs"));

      header.param("p", "1").param("q", "ours").param("r", "3").metric("m", 2, 1);
      Delivery delivery = tracker.close(PATIENCE);

      assertThat(delivery.isComplete()).isTrue();
      assertThat(delivery.warnings()).hasSize(1).first().asString().contains("parameter q");
      JsonNode mlflow = server.onlyRun(experiment);
      assertThat(ServerView.params(mlflow)).isEqualTo(Map.of("p", "1", "q", "theirs", "r", "3"));
      assertThat(ServerView.tags(mlflow)).containsEntry("twofold.conflict.q", "ours");
      assertThat(server.history(id, "m")).containsExactly("0=1.0", "1=2.0");
    }
  }

  @Test
  void mapsTheEndToAStatusAndReopensARunThatGoesOn() throws Exception {
    RunWriter failed = new RunWriter(workdir, experiment, "failed");
    failed.unit("failed-unit").start().metric("m", "NaN", 0);
    RunWriter.Log failure = failed.outcome().end("FAILED", "diverged in task amazon");
    failed.describe();
    RunWriter killed = new RunWriter(workdir, experiment, "killed");
    killed.header().start();
    killed.outcome().end("KILLED", "interrupted");
    killed.describe();

    Delivery first = project(failed, killed);
    assertThat(first.isComplete()).isTrue();
    assertThat(first.warnings()).isEmpty();

    Map<String, JsonNode> byName = byName();
    assertThat(statusOf(byName.get("failed"))).isEqualTo("FAILED");
    assertThat(ServerView.tags(byName.get("failed")))
        .containsEntry("twofold.reason", "diverged in task amazon");
    // What a failed process wrote after its last mark is all there is to see of the failure.
    assertThat(server.history(ServerView.id(byName.get("failed")), "m")).containsExactly("0=NaN");
    assertThat(statusOf(byName.get("killed"))).isEqualTo("KILLED");

    Files.delete(failure.file());
    assertThat(project(failed, killed).isComplete()).isTrue();
    assertThat(statusOf(byName().get("failed"))).isEqualTo("RUNNING");

    failed.unit("failed-unit").done();
    failure.end("FINISHED", "");
    assertThat(project(failed, killed).isComplete()).isTrue();
    assertThat(statusOf(byName().get("failed"))).isEqualTo("FINISHED");
    assertThat(ServerView.tags(byName().get("failed"))).doesNotContainKey("twofold.reason");
  }

  private Map<String, JsonNode> byName() throws Exception {
    return server.runs(experiment).stream()
        .collect(Collectors.toMap(run -> run.path("info").path("run_name").asText(), run -> run));
  }

  private static String statusOf(JsonNode run) {
    return run.path("info").path("status").asText();
  }

  @Test
  void doesNotFinishARunBeforeItsLogsAreDone() throws Exception {
    RunWriter run = new RunWriter(workdir, experiment, "early");
    run.header().start().metric("m", 1, 0);
    RunWriter.Log unit = run.unit("early-unit").start().checkpoint(0);
    run.outcome().end("FINISHED", "");
    run.describe();
    try (Tracker tracker = TestTracker.connect(TestServer.uri(), workdir)) {
      tracker.add(run.folder());
      assertThat(tracker.flush(Duration.ofSeconds(3))).isFalse();
      assertThat(statusOf(server.onlyRun(experiment))).isEqualTo("RUNNING");

      unit.done();
      assertThat(tracker.close(PATIENCE).isComplete()).isTrue();
      assertThat(statusOf(server.onlyRun(experiment))).isEqualTo("FINISHED");
    }
  }

  @Test
  void uploadsFilesFoldersAndPicturesOfTheWorkdirOnly(@TempDir Path elsewhere) throws Exception {
    RunWriter run = new RunWriter(workdir, experiment, "files");
    RunWriter.Log header = run.header().start();
    Files.writeString(run.folder().resolve("report 100%.html"), "<p>whole</p>");
    Path folder = Files.createDirectories(run.folder().resolve("config/deep"));
    Files.writeString(folder.resolve("a+b.yaml"), "a: b");
    Files.writeString(elsewhere.resolve("secret"), "s");
    header
        .artifact("report 100%.html", "")
        .artifact("config", "kept")
        .artifact(elsewhere.resolve("secret").toString(), "")
        .artifact("missing.txt", "")
        .figure("confusion/amazon", "amazon", 3);
    run.describe();

    Delivery delivery = project(run);

    assertThat(delivery.isComplete()).isTrue();
    assertThat(delivery.warnings())
        .hasSize(2)
        .anyMatch(line -> line.contains("lies outside of"))
        .anyMatch(line -> line.contains("missing.txt is not there"));
    assertThat(delivery.lost())
        .singleElement()
        .satisfies(
            lost -> {
              assertThat(lost.key()).isEqualTo(run.key());
              assertThat(lost.reason())
                  .startsWith("lost for good: artifact /")
                  .contains("; artifact missing.txt (")
                  .endsWith("missing.txt is not there)");
            });
    assertThat(project(run).lost()).as("it is known by then").isEmpty();
    JsonNode mlflow = server.onlyRun(experiment);
    String id = ServerView.id(mlflow);
    assertThat(server.artifacts(id, "kept")).containsExactly("kept/config/deep/a+b.yaml");
    assertThat(server.text("/get-artifact?path=report%20100_.html&run_id=" + id))
        .isEqualTo("<p>whole</p>");
    assertThat(server.artifacts(id, "images"))
        .hasSize(2)
        .allMatch(
            path ->
                path.matches(
                    "images/confusion~amazon\\+step\\+3\\+timestamp\\+1700000003000\\+[0-9a-f-]{36}(\\.png|\\+compressed\\.webp)"));
    assertThat(ServerView.tags(mlflow)).containsEntry("mlflow.loggedImages", "true");
  }

  @Test
  void logsAModelThatPythonCanLoadAndRegistersIt() throws Exception {
    RunWriter run = new RunWriter(workdir, experiment, "modelled").with("register", "office: 31");
    RunWriter.Log unit = run.unit("modelled-unit").start();
    Path saved = unit.file().resolveSibling("savedmodel");
    Files.createDirectories(saved.resolve("variables"));
    Files.writeString(saved.resolve("saved_model.pb"), "graph");
    Files.writeString(saved.resolve("variables/variables.index"), "index");
    unit.model("mtal/amazon", "savedmodel", "amazon").done();
    run.describe();

    assertThat(project(run).warnings()).isEmpty();
    TestServer.deleteTree(workdir.resolve("tracking"));
    assertThat(project(run).warnings()).isEmpty();

    JsonNode mlflow = server.onlyRun(experiment);
    assertThat(server.models(experiment)).hasSize(1);
    JsonNode info = server.models(experiment).get(0).path("info");
    String model = info.path("model_id").asText();
    assertThat(info.path("status").asText()).isEqualTo("LOGGED_MODEL_READY");
    assertThat(info.path("name").asText()).isEqualTo("mtal_amazon");
    assertThat(mlflow.path("outputs").path("model_outputs").get(0).path("model_id").asText())
        .isEqualTo(model);
    String files =
        "/api/2.0/mlflow-artifacts/artifacts/%s/models/%s/artifacts/"
            .formatted(server.experimentId(experiment), model);
    assertThat(server.text(files + "data/model/saved_model.pb")).isEqualTo("graph");
    assertThat(server.text(files + "data/model/variables/variables.index")).isEqualTo("index");
    assertThat(server.text(files + "requirements.txt")).startsWith("mlflow==3.17.2\n");
    assertThat(server.text(files + "MLmodel"))
        .contains("model_type: tf1-estimator", "model_uuid: " + model, "[-1,8,8,3]", "[-1,2]");
    assertThat(server.versions("office_ 31-amazon")).hasSize(1);

    // A run that was deleted and is sent again has a model of its own; the registered one stays.
    server.post(
        "runs/delete", Transport.JSON.createObjectNode().put("run_id", ServerView.id(mlflow)));
    TestServer.deleteTree(workdir.resolve("tracking"));
    assertThat(project(run).warnings()).isEmpty();

    assertThat(server.models(experiment))
        .extracting(each -> each.path("info").path("model_id").asText())
        .hasSize(2)
        .contains(model);
    assertThat(server.versions("office_ 31-amazon")).hasSize(2);
  }

  /** As those of a server that was started with {@code --no-serve-artifacts}. */
  @Test
  void anExperimentWhoseArtifactsAreElsewhereGetsTheRest() throws Exception {
    server.post(
        "experiments/create",
        Transport.JSON
            .createObjectNode()
            .put("name", experiment)
            .put("artifact_location", "s3://bucket/elsewhere"));
    RunWriter run = new RunWriter(workdir, experiment, "elsewhere");
    run.header().start().figure("confusion/a", "a", 0).metric("m", 1, 0);
    RunWriter.Log unit = run.unit("elsewhere-unit").start();
    Path saved = Files.createDirectories(unit.file().resolveSibling("savedmodel"));
    Files.writeString(saved.resolve("saved_model.pb"), "graph");
    unit.model("mtal/a", "savedmodel", "a").done();
    run.outcome().end("FINISHED", "");
    run.describe();

    Delivery delivery = project(run);

    assertThat(delivery.isComplete()).isTrue();
    assertThat(delivery.warnings())
        .singleElement()
        .asString()
        .startsWith("Run elsewhere: no figure, file or model is sent: its artifacts lie in s3://")
        .contains("--artifacts-destination", "another name");
    JsonNode mlflow = server.onlyRun(experiment);
    assertThat(statusOf(mlflow)).isEqualTo("FINISHED");
    assertThat(server.history(ServerView.id(mlflow), "m")).containsExactly("0=1.0");
    assertThat(server.models(experiment)).as("a model without files").isEmpty();
  }

  @Test
  void makesADeletedRunAnewWhenThereIsMoreToTell() throws Exception {
    RunWriter run = new RunWriter(workdir, experiment, "deleted");
    RunWriter.Log header = run.header().start().metric("m", 1, 0);
    run.describe();
    try (Tracker tracker = TestTracker.connect(TestServer.uri(), workdir)) {
      tracker.add(run.folder());
      assertThat(tracker.flush(PATIENCE)).isTrue();
      String id = ServerView.id(server.onlyRun(experiment));
      server.post("runs/delete", Transport.JSON.createObjectNode().put("run_id", id));

      header.metric("m", 2, 1);
      assertThat(tracker.close(PATIENCE).isComplete()).isTrue();

      String second = ServerView.id(server.onlyRun(experiment));
      assertThat(second).isNotEqualTo(id);
      assertThat(server.history(second, "m")).containsExactly("0=1.0", "1=2.0");
    }
  }

  /** The second process knows how far the logs were sent, and that is nothing to a new run. */
  @Test
  void aRunDeletedBetweenTwoProcessesIsToldFromItsStart() throws Exception {
    RunWriter run = new RunWriter(workdir, experiment, "deleted between");
    run.header().start().param("method", "mtal").metric("m", 1, 0);
    RunWriter.Log unit = run.unit("deleted-between").start().metric("n", 1, 0).checkpoint(0);
    RunWriter.Log outcome = run.outcome();
    run.describe();
    assertThat(project(run).isComplete()).isTrue();
    String id = ServerView.id(server.onlyRun(experiment));
    server.post("runs/delete", Transport.JSON.createObjectNode().put("run_id", id));

    assertThat(project(run).isComplete()).isTrue();
    assertThat(server.runs(experiment)).as("nothing more to tell").isEmpty();

    unit.metric("n", 2, 1).checkpoint(1);
    assertThat(project(run).isComplete()).isTrue();
    JsonNode second = server.onlyRun(experiment);
    assertThat(ServerView.params(second)).containsEntry("method", "mtal");
    assertThat(server.history(ServerView.id(second), "m")).containsExactly("0=1.0");
    assertThat(server.history(ServerView.id(second), "n")).containsExactly("0=1.0", "1=2.0");

    server.post(
        "runs/delete", Transport.JSON.createObjectNode().put("run_id", ServerView.id(second)));
    unit.done();
    outcome.end("FINISHED", "");
    assertThat(project(run).isComplete()).isTrue();
    JsonNode third = server.onlyRun(experiment);
    assertThat(statusOf(third)).isEqualTo("FINISHED");
    assertThat(server.history(ServerView.id(third), "m")).containsExactly("0=1.0");
    assertThat(server.history(ServerView.id(third), "n")).containsExactly("0=1.0", "1=2.0");
  }

  @Test
  void restoresADeletedExperimentAndFollowsARenamedOne() throws Exception {
    RunWriter first = new RunWriter(workdir, experiment, "first");
    first.header().start().metric("m", 1, 0);
    first.describe();
    assertThat(project(first).isComplete()).isTrue();
    String id = server.experimentId(experiment);
    server.post("experiments/delete", Transport.JSON.createObjectNode().put("experiment_id", id));

    RunWriter second = new RunWriter(workdir, experiment, "second");
    second.header().start().metric("m", 1, 0);
    second.describe();
    Delivery restored = project(second);
    assertThat(restored.isComplete()).isTrue();
    assertThat(restored.warnings()).singleElement().asString().contains("restored it");

    String renamed = experiment + " by a person";
    server.post(
        "experiments/update",
        Transport.JSON.createObjectNode().put("experiment_id", id).put("new_name", renamed));
    RunWriter third = new RunWriter(workdir, experiment, "third");
    third.header().start().metric("m", 1, 0);
    third.describe();
    assertThat(project(third).warnings()).singleElement().asString().contains(renamed);
    assertThat(server.runs(renamed)).hasSize(3);
  }

  @Test
  void nestsARunUnderItsParentWhicheverComesFirst() throws Exception {
    RunWriter parent = new RunWriter(workdir, experiment, "summary");
    RunWriter child = new RunWriter(workdir, experiment, "child").with("parent", parent.key());
    child.header().start().metric("m", 1, 0);
    child.describe();
    parent.header().start().tag("kind", "summary");
    parent.describe();

    assertThat(project(child, parent).isComplete()).isTrue();

    assertThat(ServerView.tags(byName().get("child")))
        .containsEntry("mlflow.parentRunId", ServerView.id(byName().get("summary")));
  }

  @Test
  void skipsLinesThatAreNoEventsAndWaitsForTheEndOfALine() throws Exception {
    RunWriter run = new RunWriter(workdir, experiment, "torn");
    RunWriter.Log header = run.header().start().appendText("{torn\n").metric("m", 1, 0);
    header.appendText("{\"event\":\"metric\",\"name\":\"m\",\"val");
    run.describe();
    Delivery torn = project(run);
    assertThat(torn.isComplete()).isTrue();
    assertThat(torn.warnings()).singleElement().asString().contains("{torn");

    header.appendText("ue\":2,\"step\":1,\"time\":1700000001000}\n");
    assertThat(project(run).warnings()).isEmpty();

    assertThat(server.history(ServerView.id(server.onlyRun(experiment)), "m"))
        .containsExactly("0=1.0", "1=2.0");
  }
}
