package dev.twofold.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A Chromium without a window, told what to open, and asked by scripts what it shows. It runs on
 * the machine's clock: {@code --dump-dom} on a virtual one is often through before MLflow has drawn
 * a chart.
 */
final class Browser {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Of a start or a page, on a machine that does something else as well. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Duration FAREWELL = Duration.ofSeconds(10);
  private static final long POLL_MILLIS = 100;

  private final Process process;
  private final DevTools page;

  /** Something that a page may not show yet. */
  interface Check {
    void run() throws InterruptedException;
  }

  private Browser(Process process, DevTools page) {
    this.process = process;
    this.page = page;
  }

  static boolean isInstalled() throws InterruptedException {
    return installed().isPresent();
  }

  /** The first on the PATH that runs: some systems have one that says how to install it. */
  private static Optional<String> installed() throws InterruptedException {
    for (String command : List.of("chromium", "chromium-browser", "google-chrome")) {
      if (runs(command)) {
        return Optional.of(command);
      }
    }
    return Optional.empty();
  }

  private static boolean runs(String command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command, "--version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      end(process);
      return ended && process.exitValue() == 0;
    } catch (IOException e) {
      return false; // There is none.
    }
  }

  /**
   * Starts one that finds no host but this machine.
   *
   * @param profile a folder of its own, also for what it prints
   */
  static Browser start(Path profile) throws IOException, InterruptedException {
    Path output = profile.resolve("output.txt");
    Process process =
        new ProcessBuilder(
                installed().orElseThrow(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                "--window-size=1600,1400",
                "--user-data-dir=" + profile,
                "--remote-debugging-port=0",
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      return new Browser(process, new DevTools(page(port(process, profile, output))));
    } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
      end(process);
      throw e;
    }
  }

  /** The port that it chose; it writes that into its profile. */
  private static int port(Process process, Path profile, Path output)
      throws IOException, InterruptedException {
    Path file = profile.resolve("DevToolsActivePort");
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!Files.exists(file) || Files.readAllLines(file).size() < 2) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new AssertionError("The browser does not start:\n" + Files.readString(output));
      }
      Thread.sleep(POLL_MILLIS);
    }
    return Integer.parseInt(Files.readAllLines(file).get(0));
  }

  /** Where its only page takes commands. */
  private static URI page(int port) throws IOException, InterruptedException {
    URI list = URI.create("http://127.0.0.1:%d/json/list".formatted(port));
    HttpRequest request = HttpRequest.newBuilder(list).timeout(PATIENCE).build();
    String targets =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
    for (JsonNode target : JSON.readTree(targets)) {
      if (target.path("type").asText().equals("page")) {
        return URI.create(target.path("webSocketDebuggerUrl").asText());
      }
    }
    throw new AssertionError("The browser has no page: " + targets);
  }

  /** Opens an address, and returns when what it names is loaded. */
  void open(URI address) throws InterruptedException {
    navigate("about:blank"); // Nothing is loaded between addresses that differ behind their #.
    page.forgetComplaints();
    navigate(address.toString());
    eventually(
        () ->
            assertThat(ask("document.readyState", new TypeReference<String>() {}))
                .as(address.toString())
                .isEqualTo("complete"));
  }

  private void navigate(String address) throws InterruptedException {
    JsonNode answer = page.call("Page.navigate", JSON.createObjectNode().put("url", address));
    assertThat(answer.path("errorText").asText()).as("error at %s", address).isEmpty();
  }

  /** Repeats a check until it holds: a page goes on drawing when it is loaded. */
  void eventually(Check check) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        check.run();
        return;
      } catch (AssertionError e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  /** The value of an expression in JavaScript, on the page. */
  <T> T ask(String expression, TypeReference<T> type) throws InterruptedException {
    ObjectNode parameters =
        JSON.createObjectNode().put("expression", expression).put("returnByValue", true);
    JsonNode answer = page.call("Runtime.evaluate", parameters);
    assertThat(answer.path("exceptionDetails").toString()).as(expression).isEmpty();
    return JSON.convertValue(answer.at("/result/value"), type);
  }

  /** The texts of the elements that a CSS selector finds. */
  List<String> texts(String selector) throws InterruptedException {
    String expression = "[...document.querySelectorAll(`%s`)].map(each => each.textContent)";
    return ask(expression.formatted(selector), new TypeReference<>() {});
  }

  /** What its console has in red since the page was opened. */
  List<String> complaints() {
    return page.complaints();
  }

  void stop() throws InterruptedException {
    end(process);
  }

  /** Asks it to end, which ends its renderers and helpers; what is left then is killed. */
  private static void end(Process process) throws InterruptedException {
    List<ProcessHandle> helpers = process.descendants().toList();
    process.destroy();
    if (!process.waitFor(FAREWELL.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    helpers.forEach(ProcessHandle::destroyForcibly);
  }
}
