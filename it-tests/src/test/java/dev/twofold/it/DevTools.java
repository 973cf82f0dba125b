package dev.twofold.it;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * One page of a browser, over the <a
 * href="https://chromedevtools.github.io/devtools-protocol/">protocol</a> of its developer tools:
 * one command at a time, and the errors of its console as they come.
 */
final class DevTools implements WebSocket.Listener {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final BlockingQueue<JsonNode> answers = new LinkedBlockingQueue<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private final StringBuilder message = new StringBuilder();
  private final WebSocket socket;
  private int called;

  DevTools(URI page) throws InterruptedException {
    socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .connectTimeout(PATIENCE)
            .buildAsync(page, this)
            .join();
    call("Runtime.enable", JSON.createObjectNode());
    call("Log.enable", JSON.createObjectNode());
  }

  /** Its answer to a command. */
  JsonNode call(String method, ObjectNode parameters) throws InterruptedException {
    ObjectNode command = JSON.createObjectNode().put("id", ++called).put("method", method);
    command.set("params", parameters);
    socket.sendText(command.toString(), true).join();
    JsonNode answer = answers.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (answer == null || answer.path("id").asInt() != called || answer.has("error")) {
      throw new AssertionError("The browser's answer to %s: %s".formatted(command, answer));
    }
    return answer.path("result");
  }

  /** What the console has in red: errors of scripts, files not found, what a policy forbids. */
  List<String> complaints() {
    return List.copyOf(complaints);
  }

  void forgetComplaints() {
    complaints.clear();
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
    message.append(part);
    if (last) {
      receive(message.toString());
      message.setLength(0);
    }
    return WebSocket.Listener.super.onText(from, part, last);
  }

  private void receive(String text) {
    try {
      JsonNode received = JSON.readTree(text);
      if (received.has("id")) {
        answers.add(received);
      } else if (isComplaint(received)) {
        complaints.add(received.path("params").toString());
      }
    } catch (JsonProcessingException e) {
      complaints.add(text);
    }
  }

  private static boolean isComplaint(JsonNode event) {
    return switch (event.path("method").asText()) {
      case "Runtime.exceptionThrown" -> true;
      case "Runtime.consoleAPICalled" -> event.at("/params/type").asText().equals("error");
      case "Log.entryAdded" -> event.at("/params/entry/level").asText().equals("error");
      default -> false;
    };
  }
}
