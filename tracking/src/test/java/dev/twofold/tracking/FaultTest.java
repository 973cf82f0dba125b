package dev.twofold.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.tracking.FaultProxy.Fault;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(TestServer.class)
class FaultTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir private Path workdir;

  private RunWriter run(String experiment, String name, int steps) throws Exception {
    RunWriter run = new RunWriter(workdir, experiment, name);
    run.header().start().param("method", "mtal").input("amazon", "d1", "s1", "train", 70);
    RunWriter.Log unit = run.unit(experiment + name).start();
    for (int step = 0; step < steps; step++) {
      unit.metric("loss/amazon", step, step).checkpoint(step);
    }
    unit.figure("confusion/amazon", name, steps);
    Path model = Files.createDirectories(unit.file().resolveSibling("savedmodel"));
    Files.writeString(model.resolve("saved_model.pb"), "graph");
    unit.model("mtal", "savedmodel", "amazon").done();
    run.outcome().end("FINISHED", "");
    run.with("register", experiment).describe();
    return run;
  }

  private static List<String> points(int steps) {
    return IntStream.range(0, steps).mapToObj(step -> step + "=" + step + ".0").toList();
  }

  @Test
  void nothingIsLostOrDoubledByFaults() throws Exception {
    int steps = 40;
    ServerView server = new ServerView(TestServer.uri());
    List<Fault> faults =
        List.of(
            Fault.NONE,
            Fault.DROP_ANSWER,
            Fault.NONE,
            Fault.REPEAT,
            Fault.ERROR_AFTER,
            Fault.NONE,
            Fault.DROP_REQUEST,
            Fault.NONE,
            Fault.ERROR_BEFORE,
            Fault.DELAY,
            Fault.REPEAT,
            Fault.NONE,
            Fault.NOT_FOUND);
    Delivery delivery;
    Map<Fault, Integer> met;
    try (FaultProxy proxy = new FaultProxy(TestServer.uri(), faults);
        Tracker tracker = TestTracker.connect(proxy.uri(), workdir)) {
      for (int i = 0; i < 3; i++) {
        tracker.add(run("faults", "run" + i, steps).folder());
      }
      delivery = tracker.close(PATIENCE);
      met = proxy.done();
    }

    assertThat(met.keySet()).isEqualTo(Set.of(Fault.values()));
    assertThat(delivery.undelivered()).isEmpty();
    assertThat(delivery.warnings()).isEmpty();
    List<JsonNode> runs = server.runs("faults");
    assertThat(runs)
        .extracting(run -> run.path("info").path("run_name").asText())
        .containsExactlyInAnyOrder("run0", "run1", "run2");
    for (JsonNode run : runs) {
      String id = ServerView.id(run);
      assertThat(run.path("info").path("status").asText()).isEqualTo("FINISHED");
      assertThat(server.history(id, "loss/amazon")).isEqualTo(points(steps));
      assertThat(server.artifacts(id, "images")).hasSize(2);
      assertThat(run.path("inputs").path("dataset_inputs")).hasSize(1);
      assertThat(run.path("outputs").path("model_outputs")).hasSize(1);
    }
    assertThat(server.models("faults")).hasSize(3);
    assertThat(server.versions("faults-amazon")).hasSize(3);
  }

  /** Nothing is left out for good, nor is the run called delivered. */
  @Test
  void whatAProxyRefusesIsSentOnceItTakesIt() throws Exception {
    RunWriter run = run("limited", "run", 2);
    Path graph = run.unit("limitedrun").file().resolveSibling("savedmodel/saved_model.pb");
    Files.writeString(graph, "graph".repeat(2000));
    ServerView server = new ServerView(TestServer.uri());
    try (FaultProxy proxy = new FaultProxy(TestServer.uri(), List.of(Fault.NONE))) {
      proxy.limitBodies(5000);
      try (Tracker tracker = TestTracker.connect(proxy.uri(), workdir)) {
        tracker.add(run.folder());
        Delivery delivery = tracker.close(PATIENCE);
        assertThat(delivery.undelivered())
            .singleElement()
            .extracting(Delivery.Undelivered::reason)
            .asString()
            .startsWith("the server refuses it: cannot send model mtal: 413 ")
            .endsWith("client_max_body_size; the same command sends it then)");
      }
      assertThat(server.onlyRun("limited").path("outputs").path("model_outputs")).isEmpty();

      proxy.limitBodies(Integer.MAX_VALUE);
      try (Tracker tracker = TestTracker.connect(proxy.uri(), workdir)) {
        tracker.add(run.folder());
        assertThat(tracker.close(PATIENCE).isComplete()).isTrue();
      }
    }
    assertThat(server.onlyRun("limited").path("outputs").path("model_outputs")).hasSize(1);
  }

  /** As while what a proxy sends on to is replaced; MLflow's own 404 has a code. */
  @Test
  void whatAProxyDoesNotFindIsSentOnceItDoes() throws Exception {
    RunWriter run = run("astray", "run", 2);
    ServerView server = new ServerView(TestServer.uri());
    try (FaultProxy proxy = new FaultProxy(TestServer.uri(), List.of(Fault.NONE))) {
      for (String path : List.of("/runs/log-batch", "/mlflow-artifacts/", "/logged-models")) {
        proxy.refuse(path, 404, "<html>no such route</html>");
        try (Tracker tracker = TestTracker.connect(proxy.uri(), workdir)) {
          tracker.add(run.folder());
          Delivery delivery = tracker.close(Duration.ofSeconds(8));
          assertThat(delivery.undelivered())
              .singleElement()
              .extracting(Delivery.Undelivered::reason)
              .asString()
              .startsWith(proxy.uri() + ": it answered 404 for /api/2.0/mlflow")
              .contains(path)
              .endsWith(": <html>no such route</html>");
          assertThat(delivery.warnings()).isEmpty();
        }
      }

      proxy.refuseNothing();
      try (Tracker tracker = TestTracker.connect(proxy.uri(), workdir)) {
        tracker.add(run.folder());
        Delivery delivery = tracker.close(PATIENCE);
        assertThat(delivery.isComplete()).isTrue();
        assertThat(delivery.warnings()).isEmpty();
      }
    }
    JsonNode mlflow = server.onlyRun("astray");
    String id = ServerView.id(mlflow);
    assertThat(ServerView.params(mlflow)).containsEntry("method", "mtal");
    assertThat(server.history(id, "loss/amazon")).isEqualTo(points(2));
    assertThat(server.artifacts(id, "images")).hasSize(2);
    assertThat(mlflow.path("outputs").path("model_outputs")).hasSize(1);
  }

  /** As of a login that may log runs and register nothing. */
  @Test
  void aRunIsWholeWhoseModelNobodyMayRegister() throws Exception {
    RunWriter run = run("forbidden", "run", 2);
    ServerView server = new ServerView(TestServer.uri());
    try (FaultProxy proxy = new FaultProxy(TestServer.uri(), List.of(Fault.NONE))) {
      for (String path : List.of("/registered-models/create", "/model-versions/create")) {
        proxy.refuse(path, 403, "Permission denied");
        try (Tracker tracker = TestTracker.connect(proxy.uri(), workdir)) {
          tracker.add(run.folder());
          Delivery delivery = tracker.close(PATIENCE);
          assertThat(delivery.undelivered()).as(path).isEmpty();
          assertThat(delivery.warnings())
              .as(path)
              .containsExactly(
                  "Run run: model forbidden-amazon is not registered: %s answered 403 Permission denied (give this login the right to it; the same command registers it then)"
                      .formatted(proxy.uri()));
        }
        JsonNode mlflow = server.onlyRun("forbidden");
        String id = ServerView.id(mlflow);
        assertThat(mlflow.path("info").path("status").asText()).isEqualTo("FINISHED");
        assertThat(server.history(id, "loss/amazon")).isEqualTo(points(2));
        assertThat(server.artifacts(id, "images")).hasSize(2);
        assertThat(mlflow.path("outputs").path("model_outputs")).hasSize(1);
        assertThat(server.versions("forbidden-amazon")).isEmpty();
      }

      proxy.refuseNothing();
      for (String time : List.of("once it may", "and again")) {
        try (Tracker tracker = TestTracker.connect(proxy.uri(), workdir)) {
          tracker.add(run.folder());
          Delivery delivery = tracker.close(PATIENCE);
          assertThat(delivery.isComplete()).as(time).isTrue();
          assertThat(delivery.warnings()).as(time).isEmpty();
        }
        assertThat(server.versions("forbidden-amazon")).as(time).hasSize(1);
      }
    }
  }

  @Test
  void aRepeatedCreationLeavesOneRun() throws Exception {
    try (FaultProxy proxy = new FaultProxy(TestServer.uri(), List.of(Fault.REPEAT))) {
      MlflowApi api = Connection.open(proxy.uri(), Map.of());
      String experiment = api.ensureExperiment("ghosts", line -> {});
      api.ensureRun(experiment, "ghosts/1", "workdir", "ghost", RunWriter.TIME);
    }
    assertThat(new ServerView(TestServer.uri()).runs("ghosts")).hasSize(1);
  }

  @Test
  void manyCreatorsMakeOneRun() throws Exception {
    int creators = 6;
    ExecutorService threads = Executors.newFixedThreadPool(creators);
    List<Callable<String>> creations = new ArrayList<>();
    for (int i = 0; i < creators; i++) {
      creations.add(
          () -> {
            MlflowApi api = TestServer.api();
            String experiment = api.ensureExperiment("race", line -> {});
            api.ensureRun(experiment, "race/1", "workdir", "race", RunWriter.TIME);
            // Whoever was first may have seen no rival yet; all agree when they look again.
            return api.runByKey(experiment, "race/1", "workdir").orElseThrow().getInfo().getRunId();
          });
    }
    for (Future<String> each : threads.invokeAll(creations)) {
      each.get();
    }
    threads.shutdown();

    assertThat(new ServerView(TestServer.uri()).runs("race")).hasSize(1);
  }

  @Test
  void startsTheManagedServerAgainAndGoesOnWhereItWas(@TempDir Path home) throws Exception {
    ManagedServer managed = TestServer.in(home);
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    managed.startOn(port); // Another one than its environment prefers.
    int steps = 300;
    RunWriter run = new RunWriter(workdir, "killed", "survivor");
    RunWriter.Log log = run.header().start();
    run.describe();
    try (Tracker tracker = Tracker.connect(managed, workdir)) {
      ManagedServer.Running first = managed.status().orElseThrow();
      tracker.add(run.folder());
      for (int step = 0; step < steps; step++) {
        log.metric("loss/amazon", step, step);
        if (step == steps / 2) {
          assertThat(tracker.flush(PATIENCE)).isTrue();
          Processes.kill(first.pid());
        }
      }
      assertThat(tracker.close(PATIENCE).undelivered()).isEmpty();

      ManagedServer.Running second = managed.status().orElseThrow();
      assertThat(second.uri()).isEqualTo(first.uri());
      assertThat(second.pid()).isNotEqualTo(first.pid());
      ServerView server = new ServerView(second.uri().toString());
      String id = ServerView.id(server.onlyRun("killed"));
      assertThat(server.history(id, "loss/amazon")).isEqualTo(points(steps));
    } finally {
      managed.stop();
    }
  }

  @Test
  void saysWhatIsUndeliveredWhenTheServerStaysAway() throws Exception {
    RunWriter run = run("away", "left behind", 2);
    Tracker tracker;
    try (FaultProxy proxy = new FaultProxy(TestServer.uri(), List.of(Fault.NONE))) {
      tracker = TestTracker.connect(proxy.uri(), workdir);
    }
    tracker.add(run.folder());

    Delivery delivery = tracker.close(Duration.ofSeconds(2));

    assertThat(delivery.isComplete()).isFalse();
    assertThat(delivery.undelivered().get(0).run()).isEqualTo("left behind");
    assertThat(delivery.undelivered().get(0).reason()).contains("127.0.0.1");
  }

  @Test
  void namesEveryRunThatGrewSinceTheServerWentAway() throws Exception {
    List<RunWriter> runs = new ArrayList<>();
    Tracker tracker;
    try (FaultProxy proxy = new FaultProxy(TestServer.uri(), List.of(Fault.NONE))) {
      tracker = TestTracker.connect(proxy.uri(), workdir);
      for (int i = 0; i < 6; i++) {
        runs.add(run("grown", "run" + i, 1));
        tracker.add(runs.get(i).folder());
      }
      assertThat(tracker.flush(PATIENCE)).isTrue();
    }
    for (RunWriter run : runs) {
      run.header().metric("accuracy/amazon", .5, 1);
    }

    Delivery delivery = tracker.deliver(Duration.ofSeconds(3), left -> {});

    assertThat(delivery.undelivered())
        .extracting(Delivery.Undelivered::run)
        .containsExactly("run0", "run1", "run2", "run3", "run4", "run5");
    assertThat(delivery.undelivered())
        .allSatisfy(each -> assertThat(each.reason()).contains("127.0.0.1"));
  }

  /** Which are looked at no more while the others are told. */
  @Test
  void looksAtToldRunsAgainWhenTheServerIsBack() throws Exception {
    RunWriter open = new RunWriter(workdir, "back", "open");
    open.header().start().metric("m", 1, 0);
    open.describe();
    RunWriter told = run("back", "told", 1);
    int port;
    Tracker tracker;
    try (FaultProxy proxy = new FaultProxy(TestServer.uri(), List.of(Fault.NONE))) {
      port = proxy.port();
      tracker = TestTracker.connect(proxy.uri(), workdir);
      tracker.add(open.folder());
      tracker.add(told.folder());
      assertThat(tracker.flush(PATIENCE)).isTrue();
    }
    open.header().metric("m", 2, 1);
    told.header().tag("twofold.superseded", "later");
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<Delivery> delivery =
          thread.submit(() -> tracker.deliver(Duration.ofSeconds(20), left -> {}));
      Thread.sleep(5000); // three passes, which do not come further than the run that is open
      try (FaultProxy again = new FaultProxy(TestServer.uri(), List.of(Fault.NONE), port)) {
        assertThat(delivery.get().undelivered()).isEmpty();
        assertThat(again.done()).isNotEmpty();
      }
    } finally {
      thread.shutdownNow();
    }
    assertThat(new ServerView(TestServer.uri()).runs("back"))
        .filteredOn(server -> ServerView.tags(server).get("twofold.key").equals(told.key()))
        .extracting(server -> ServerView.tags(server).get("twofold.superseded"))
        .containsExactly("later");
  }

  /** As a model of hundreds of megabytes on a slow line is. */
  @Test
  void isPatientAsLongAsTheServerTakesSomething() throws Exception {
    int pictures = 90;
    Duration patience = Duration.ofSeconds(15);
    RunWriter run = new RunWriter(workdir, "slow", "slow");
    RunWriter.Log log = run.header().start();
    for (int step = 0; step < pictures; step++) {
      log.figure("confusion/amazon", "slow", step);
    }
    run.describe();
    List<Integer> told = new ArrayList<>();
    long begun = System.nanoTime();
    Delivery delivery;
    try (FaultProxy proxy = new FaultProxy(TestServer.uri(), List.of(Fault.DELAY));
        Tracker tracker = TestTracker.connect(proxy.uri(), workdir)) {
      tracker.add(run.folder());
      delivery = tracker.deliver(patience, told::add);
    }

    assertThat(told).as("one run, every ten seconds").isNotEmpty().containsOnly(1);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(patience);
    assertThat(delivery.undelivered()).isEmpty();
    ServerView server = new ServerView(TestServer.uri());
    String id = ServerView.id(server.onlyRun("slow"));
    assertThat(server.artifacts(id, "images")).hasSize(2 * pictures);
  }

  @Test
  void namesWhatThereIsNoTimeFor() throws Exception {
    RunWriter run = run("hasty", "cut off", 1);
    Tracker tracker = TestTracker.connect(TestServer.uri(), workdir);
    tracker.add(run.folder());
    assertThat(tracker.flush(PATIENCE)).isTrue();
    run.header().metric("accuracy/amazon", .5, 1);

    assertThat(tracker.close(Duration.ZERO).undelivered())
        .containsExactly(
            new Delivery.Undelivered("cut off", run.key(), "there was no time to send it"));
  }

  @Test
  void saysThatItsStateCannotBeKeptAndGoesOnWhenItCan() throws Exception {
    RunWriter run = run("locked", "waits", 1);
    Path states = Files.createFile(workdir.resolve("tracking")); // Where a folder should be.
    try (Tracker hasty = TestTracker.connect(TestServer.uri(), workdir)) {
      hasty.add(run.folder());
      assertThat(hasty.close(Duration.ofSeconds(1)).undelivered().get(0).reason())
          .startsWith("cannot keep the tracking state in " + states);
    }
    try (Tracker patient = TestTracker.connect(TestServer.uri(), workdir)) {
      patient.add(run.folder());
      assertThat(patient.flush(Duration.ofSeconds(1))).isFalse();
      Files.delete(states);
      assertThat(patient.close(PATIENCE).undelivered()).isEmpty();
    }
  }
}
