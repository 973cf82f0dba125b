package dev.twofold.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A session cluster of plain Flink: JobManager and TaskManagers as processes of their own, on the
 * jars of Flink's distribution alone.
 */
final class FlinkCluster {
  /** Names the folder with flink-dist and its logging. */
  static final String JARS = "TWOFOLD_FLINK_LIB";

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long POLL_MILLIS = 200;

  /**
   * What Flink's own start scripts compute or set: memory pools, and module access on Java 17. A
   * job's jar of hundreds of megabytes is kept for seconds and not for an hour.
   */
  private static final String CONFIGURATION =
      """
      jobmanager.rpc.address: 127.0.0.1
      jobmanager.rpc.port: %d
      rest.address: 127.0.0.1
      rest.port: %d
      blob.server.port: 0
      blob.service.cleanup.interval: 10
      taskmanager.host: 127.0.0.1
      taskmanager.numberOfTaskSlots: 2
      taskmanager.cpu.cores: 2.0
      taskmanager.memory.framework.heap.size: 128mb
      taskmanager.memory.framework.off-heap.size: 128mb
      taskmanager.memory.task.heap.size: 512mb
      taskmanager.memory.task.off-heap.size: 64mb
      taskmanager.memory.managed.size: 128mb
      taskmanager.memory.network.min: 64mb
      taskmanager.memory.network.max: 64mb
      taskmanager.memory.jvm-metaspace.size: 512mb
      taskmanager.memory.jvm-overhead.min: 192mb
      taskmanager.memory.jvm-overhead.max: 192mb
      heartbeat.interval: 2000
      heartbeat.timeout: 8000
      io.tmp.dirs: %s
      """;

  private static final List<String> OPTIONS =
      List.of(
          "-Xmx768m",
          "-XX:MaxMetaspaceSize=512m",
          "-Dlog4j2.level=WARN",
          "--add-exports=java.base/sun.net.util=ALL-UNNAMED",
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.net=ALL-UNNAMED",
          "--add-opens=java.base/java.io=ALL-UNNAMED",
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
          "--add-opens=java.base/java.time=ALL-UNNAMED",
          "--add-opens=java.base/java.util=ALL-UNNAMED",
          "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED");

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path folder;
  private final int port = freePort();
  private final Process jobManager;
  private final List<Process> taskManagers = new ArrayList<>();

  /** Starts a JobManager and one TaskManager of two slots, and waits until they are there. */
  FlinkCluster(Path folder) throws IOException, InterruptedException {
    this.folder = Files.createDirectories(folder);
    String text = CONFIGURATION.formatted(freePort(), port, folder);
    Files.writeString(folder.resolve("flink-conf.yaml"), text);
    jobManager =
        start(
            "jobmanager", "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint");
    try {
      startTaskManager();
    } catch (Throwable e) {
      end(); // for nobody else has it yet
      throw e;
    }
  }

  /** What the workers keep between jobs. */
  Path home() {
    return folder.resolve("home");
  }

  /** The cluster's REST address. */
  String address() {
    return "127.0.0.1:" + port;
  }

  void startTaskManager() throws IOException, InterruptedException {
    String name = "taskmanager-" + (taskManagers.size() + 1);
    taskManagers.add(start(name, "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"));
    long registered = taskManagers.stream().filter(Process::isAlive).count();
    awaitTaskManagers(registered);
  }

  Process taskManager(int index) {
    return taskManagers.get(index);
  }

  /** Waits until the JobManager knows so many TaskManagers. */
  void awaitTaskManagers(long count) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    String expected = "\"taskmanagers\":%d,".formatted(count);
    while (!overview().contains(expected)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("%s has not %s: %s".formatted(address(), expected, overview()));
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  /** How many jobs it has that have not ended. */
  int running() {
    Matcher jobs = Pattern.compile("\"jobs-running\":(\\d+)").matcher(overview());
    assertThat(jobs.find()).as("an overview").isTrue();
    return Integer.parseInt(jobs.group(1));
  }

  private String overview() {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + address() + "/overview")).build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException notUpYet) {
      return notUpYet.toString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return e.toString();
    }
  }

  /** What all its processes logged, which is warnings and errors. */
  List<String> logs() {
    try (Stream<Path> files = Files.list(folder)) {
      List<String> lines = new ArrayList<>();
      for (Path log : files.filter(file -> file.toString().endsWith(".log")).sorted().toList()) {
        Files.readAllLines(log).stream()
            .map(line -> log.getFileName() + ": " + line)
            .forEach(lines::add);
      }
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process start(String name, String main) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(OPTIONS);
    command.addAll(List.of("-cp", System.getenv(JARS) + File.separator + "*", main));
    command.addAll(List.of("--configDir", folder.toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".log").toFile());
    builder.environment().put("TWOFOLD_HOME", home().toString());
    return builder.start();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void end() throws InterruptedException {
    List<Process> processes = new ArrayList<>(taskManagers);
    processes.add(jobManager);
    processes.forEach(Process::destroy);
    for (Process process : processes) {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }
}
