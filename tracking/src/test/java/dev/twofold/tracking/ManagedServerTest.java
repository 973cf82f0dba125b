package dev.twofold.tracking;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(TestServer.class)
class ManagedServerTest {
  @TempDir private Path home;

  @Test
  void startsOnceOutlivesItsParentAndStops() throws Exception {
    ManagedServer server = TestServer.in(home);
    CompletableFuture<ManagedServer.Running> other =
        CompletableFuture.supplyAsync(TestServer.in(home)::start);
    ManagedServer.Running first = server.start();
    try {
      assertThat(other.get().pid()).isEqualTo(first.pid());
      assertThat(server.status()).contains(other.get());
      // Its own session, so that Ctrl-C at the terminal does not reach it.
      String session = Files.readString(Path.of("/proc/" + first.pid() + "/stat"));
      assertThat(session.substring(session.indexOf(')') + 2).split(" ", 5)[3])
          .isEqualTo(Long.toString(first.pid()));

      // The worker goes on serving the port when only its parent is killed.
      String experiment = api(first).ensureExperiment("kept", line -> {});
      Processes.killOnly(first.pid());
      Files.writeString(home.resolve("version"), "3.1.0\n");
      ManagedServer.Running second = server.start();

      assertThat(second.pid()).isNotEqualTo(first.pid());
      assertThat(second.port()).isEqualTo(first.port());
      assertThat(api(second).ensureExperiment("kept", line -> {})).isEqualTo(experiment);
      Path copy = home.resolve("mlflow-before-3.17.2.db");
      assertThat(copy).isNotEmptyFile();

      // A migration that was cut off: what it left takes no copy's place.
      Files.writeString(copy, "from before");
      Files.writeString(home.resolve("version"), "3.1.0\n");
      assertThat(server.stop()).isTrue();
      first = server.start();
      assertThat(copy).hasContent("from before");
      assertThat(home.resolve("version")).hasContent("3.17.2\n");
    } finally {
      assertThat(server.stop()).isTrue();
    }
    assertThat(server.status()).isEmpty();
    assertThat(server.stop()).isFalse();
    // Nothing of it is left, neither its processes nor its hold on the port.
    assertThat(ProcessHandle.allProcesses())
        .noneMatch(each -> each.info().commandLine().orElse("").contains(home.toString()));
    new ServerSocket(first.port(), 1, InetAddress.getLoopbackAddress()).close();
  }

  @Test
  void leavesAServerOfAnotherMachineAlone() throws Exception {
    ManagedServer server = TestServer.in(home);
    ManagedServer.Running running = server.start();
    Path state = home.resolve("server.json");
    String here = Files.readString(state);
    String there = here.replaceFirst("\"host\":\"[^\"]+\"", "\"host\":\"elsewhere\"");
    assertThat(there).isNotEqualTo(here);
    try {
      Files.writeString(state, there);
      String refusal =
          "The local MLflow server in %s runs on elsewhere, and can be reached and ended there alone (set TWOFOLD_HOME to a folder of this machine's own, or tracking.uri to a server for all machines)"
              .formatted(home);
      assertThatThrownBy(server::start)
          .isInstanceOf(TrackingRefusedException.class)
          .hasMessage(refusal);
      assertThatThrownBy(server::stop).hasMessage(refusal);
      assertThat(state).as("it is the other machine's").hasContent(there);
    } finally {
      Files.writeString(state, here);
      assertThat(server.stop()).isTrue();
    }

    // One that has ended there is in nobody's way.
    Files.writeString(state, there);
    try {
      assertThat(server.start().port()).isEqualTo(running.port());
    } finally {
      assertThat(server.stop()).isTrue();
    }
  }

  /** A person can delete the experiment that shows the identity. */
  @Test
  void marksAnExperimentThatIsDeleted() throws Exception {
    MlflowApi api = TestServer.api();
    ServerView view = new ServerView(TestServer.uri());
    String id = api.ensureExperiment("deleted and marked", line -> {});
    view.post("experiments/delete", Transport.JSON.createObjectNode().put("experiment_id", id));

    api.ensureExperimentTag(id, "twofold.server", "ours");

    assertThat(api.experimentTag(id, "twofold.server")).contains("ours");
    view.post("experiments/delete", Transport.JSON.createObjectNode().put("experiment_id", id));
    api.ensureExperimentTag(id, "twofold.server", "ours");
    assertThat(
            view.get("experiments/get?experiment_id=" + id)
                .at("/experiment/lifecycle_stage")
                .asText())
        .as("there is nothing to change")
        .isEqualTo("deleted");
  }

  private static MlflowApi api(ManagedServer.Running running) {
    return Connection.open(running.uri().toString(), Map.of());
  }

  @Test
  void takesNoServerForItsOwnThatIsAnothers() throws Exception {
    String theirs = TestServer.server().status().orElseThrow().toString();
    ManagedServer.Running other = TestServer.server().status().orElseThrow();
    Files.writeString(
        home.resolve("server.json"),
        "{\"pid\":%d,\"started\":\"%s\",\"port\":%d,\"uri\":\"%s\",\"version\":\"3.17.2\"}"
            .formatted(other.pid(), other.started(), other.port(), other.uri()));

    assertThat(TestServer.in(home).status()).isEmpty();
    assertThat(TestServer.server().status().orElseThrow().toString()).isEqualTo(theirs);
  }

  @Test
  void namesThePortThatIsTaken() throws Exception {
    try (ServerSocket foreign = new ServerSocket()) {
      foreign.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      assertThatThrownBy(() -> TestServer.in(home).startOn(foreign.getLocalPort()))
          .isInstanceOf(TrackingRefusedException.class)
          .hasMessage(
              "Cannot start the local MLflow server: port %d is taken by another program (choose another with --port or TWOFOLD_MLFLOW_PORT)"
                  .formatted(foreign.getLocalPort()));
    }
  }

  @Test
  void triesNoPortBeyondTheLast() throws Exception {
    Map<String, String> environment = TestServer.environment();
    environment.put(ManagedServer.PORT, "65535");
    try (ServerSocket foreign = new ServerSocket()) {
      foreign.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 65535));
      assertThatThrownBy(
              () -> ManagedServer.in(home, TestServer.pythons(), environment, line -> {}).start())
          .isInstanceOf(TrackingRefusedException.class)
          .hasMessage(
              "Cannot start the local MLflow server: no port from 65535 to 65535 is free (choose another with --port or TWOFOLD_MLFLOW_PORT)");
    }
    environment.put(ManagedServer.PORT, "0");
    assertThatThrownBy(
            () -> ManagedServer.in(home, TestServer.pythons(), environment, line -> {}).start())
        .hasMessage("Invalid TWOFOLD_MLFLOW_PORT: 0 (must be from 1 to 65535)");
  }

  @Test
  void saysThatItRunsOnAnotherPortThanIsWanted() {
    ManagedServer.Running running = TestServer.server().status().orElseThrow();
    assertThatThrownBy(() -> TestServer.server().startOn(running.port() + 100))
        .isInstanceOf(TrackingRefusedException.class)
        .hasMessage(
            "Cannot start the local MLflow server on port %d: it runs on port %d (end it first with `twofold ui --stop`)"
                .formatted(running.port() + 100, running.port()));
    assertThat(TestServer.server().startOn(running.port())).isEqualTo(running);
  }

  @Test
  void namesAPythonThatIsTooOld() throws Exception {
    Path python = script("echo 3.8");
    assertThatThrownBy(() -> withPython(python.toString(), Map.of()).start())
        .hasMessage(
            "Cannot install the local MLflow server: %s is 3.8, which is too old (install Python 3.10 or newer, name one in TWOFOLD_PYTHON, or set tracking.uri to a server or to offline)"
                .formatted(python));
  }

  @Test
  void saysThatThereIsNoPython() {
    assertThatThrownBy(() -> withPython("/nowhere/python3", Map.of()).start())
        .hasMessageStartingWith(
            "Cannot install the local MLflow server: /nowhere/python3 does not run (install Python 3.10");
    assertThatThrownBy(() -> withPython("", Map.of("PATH", home.toString())).start())
        .hasMessageStartingWith(
            "Cannot install the local MLflow server: no Python is on the PATH (install Python 3.10");
  }

  @Test
  void namesThePackageThatBringsVenv() throws Exception {
    Path python =
        script(
            "if [ \"$1\" = -c ]; then echo 3.11; exit 0; fi; echo 'The virtual environment was not created successfully because ensurepip is not available.'; exit 1");
    assertThatThrownBy(() -> withPython(python.toString(), Map.of()).start())
        .hasMessage(
            "Cannot install the local MLflow server: %s has no venv module (install the package python3-venv, or name another Python in TWOFOLD_PYTHON)"
                .formatted(python));
  }

  @Test
  void passesOverAPythonWithoutVenv() throws Exception {
    Path path = Files.createDirectories(home.resolve("path"));
    Path without = path.resolve("python3");
    Files.move(script("case \"$2\" in *venv*) exit 1;; esac; echo 3.11"), without);
    Path with = path.resolve("python3.11");
    Files.move(script("[ \"$1\" = -c ] && { echo 3.11; exit 0; }; echo made by $0; exit 1"), with);
    assertThatThrownBy(() -> withPython("", Map.of("PATH", path.toString())).start())
        .hasMessage(
            "Cannot install the local MLflow server: %s -m venv failed: made by %s"
                .formatted(with, with));
  }

  @Test
  void makesAHalfMadeEnvironmentAnewAndSaysThatTheIndexIsAway() throws Exception {
    Path half = home.resolve("pythons");
    ManagedServer server =
        withPython(
            "",
            Map.of(
                "PIP_INDEX_URL", "http://127.0.0.1:9/simple",
                "PIP_FIND_LINKS", "",
                "PIP_RETRIES", "0",
                "PIP_NO_CACHE_DIR", "1"));
    Path left = half.resolve("python-3.17.2-" + nameOfEnvironment()).resolve("left over");
    Files.createDirectories(left);

    assertThatThrownBy(server::start)
        .hasMessage(
            "Cannot install the local MLflow server: pip cannot reach its package index (check the network and pip's own settings, or set tracking.uri to a server or to offline)");
    assertThat(left).doesNotExist();
  }

  private static String nameOfEnvironment() throws Exception {
    try (var in = PythonEnvironment.class.getResourceAsStream("requirements.txt")) {
      String list = new String(in.readAllBytes(), UTF_8);
      return MlflowApi.uuidOf(list).toString().substring(0, 8);
    }
  }

  private ManagedServer withPython(String python, Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("TWOFOLD_PYTHON", python);
    environment.putAll(more);
    return ManagedServer.in(
        home.resolve("server"), home.resolve("pythons"), environment, line -> {});
  }

  private Path script(String body) throws Exception {
    Path script = home.resolve("fake-python");
    Files.writeString(script, "#!/bin/sh\n" + body + "\n");
    return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void pinsEveryPackage() throws Exception {
    try (var in = PythonEnvironment.class.getResourceAsStream("requirements.txt")) {
      List<String> lines = new String(in.readAllBytes(), UTF_8).lines().toList();
      assertThat(lines)
          .contains("mlflow==3.17.2")
          .allMatch(line -> line.matches("[a-z0-9-]+==[^ ]+( ; .*)?"));
    }
  }
}
