package dev.twofold.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
    try (Tracker tracker = Tracker.connect(TestServer.uri(), workdir, line -> {})) {
      for (RunWriter run : runs) {
        tracker.add(run.folder());
      }
      return tracker.close(PATIENCE);
    }
  }

  @Test
  void projectsAWholeRun() throws Exception {
    RunWriter run = new RunWriter(workdir, experiment, "mtal · amazon+webcam · 1");
    run.header().start().param("method", "mtal").tag("group", "a+w").input("amazon", "d1", "train");
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
    assertThat(mlflow.path("info").path("end_time").asLong()).isEqualTo(RunWriter.TIME + 90_000);
    assertThat(ServerView.params(mlflow)).containsEntry("method", "mtal");
    assertThat(ServerView.tags(mlflow))
        .containsEntry("group", "a+w")
        .containsEntry("twofold.key", run.key())
        .doesNotContainKey("twofold.reason");
    assertThat(server.history(ServerView.id(mlflow), "accuracy/amazon"))
        .containsExactly("0=0.5", "1=0.625", "2=0.75");
    JsonNode dataset = mlflow.path("inputs").path("dataset_inputs").get(0);
    assertThat(dataset.path("dataset").path("name").asText()).isEqualTo("amazon");
    assertThat(dataset.path("dataset").path("digest").asText()).isEqualTo("d1");
    assertThat(dataset.path("tags").get(0).path("value").asText()).isEqualTo("train");
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
}
