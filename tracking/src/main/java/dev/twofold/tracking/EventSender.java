package dev.twofold.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.twofold.tracking.Journal.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Sends what goes to a run one by one: datasets, pictures, files and models. */
final class EventSender {
  private static final String IMAGES = "images";
  private static final int FORBIDDEN = 403;

  /** The last that is sent of a picture. */
  private static final String COMPRESSED = "+compressed.webp";

  private final MlflowApi api;
  private final Path workdir;
  private final RunDescription run;
  private final RunLogs logs;
  private final ProjectionState state;
  private final Consumer<String> warnings;
  private Optional<Set<String>> pictures = Optional.empty();

  /**
   * @param warnings hears what the server gets otherwise than the logs have it
   */
  EventSender(
      MlflowApi api,
      Path workdir,
      RunDescription run,
      RunLogs logs,
      ProjectionState state,
      Consumer<String> warnings) {
    this.api = api;
    this.workdir = workdir;
    this.run = run;
    this.logs = logs;
    this.state = state;
    this.warnings = warnings;
  }

  /** What the server had of another run is of no use. */
  void forgetPictures() {
    pictures = Optional.empty();
  }

  /**
   * Sends one; again, when it was sent already, does no harm.
   *
   * @param log that the entry stands in
   * @param id of the run
   * @throws MissingFileException when a file that it names is not there
   */
  void send(String log, String id, Entry entry) throws IOException {
    switch (entry.type()) {
      case "input" -> sendInput(id, entry.event());
      case "figure" -> sendFigure(log, entry.event());
      case "artifact" -> sendArtifact(log, entry.event());
      default -> sendModel(log, id, entry.event());
    }
  }

  private void sendInput(String id, JsonNode event) {
    ObjectNode dataset = Transport.JSON.createObjectNode();
    String source = event.path("source").asText("");
    dataset
        .put("name", event.path("name").asText())
        .put("digest", sideDigest(event))
        .put("source_type", source.startsWith("http") ? "http" : "local")
        .put("source", Transport.JSON.createObjectNode().put("uri", source).toString());
    ObjectNode profile = Transport.JSON.createObjectNode();
    profile.set("num_rows", event.path("rows"));
    profile.set("num_classes", event.path("classes"));
    profile.set("dataset_digest", event.path("digest"));
    dataset.put("profile", profile.toString());
    api.logInput(id, dataset, event.path("context").asText("train"));
  }

  /**
   * A server has one dataset of a name and digest, with the profile that it was told first, and in
   * a run once, with its first context: so each side of a split has a digest of its own. Older logs
   * do not say it.
   */
  private static String sideDigest(JsonNode event) {
    String side = event.path("side").asText("");
    return side.isEmpty()
        ? MlflowApi.uuidOf(
                Stream.of("digest", "context", "rows", "classes")
                    .map(name -> event.path(name).asText())
                    .collect(Collectors.joining("\n")))
            .toString()
        : side;
  }

  /**
   * The image grid takes a picture and its compressed twin, and renders PNG bytes under the twin's
   * name.
   */
  private void sendFigure(String log, JsonNode event) throws IOException {
    String name = event.path("name").asText().replaceAll("[^A-Za-z0-9_\\-. /]", "_");
    String picture = "%s+step+%d".formatted(name.replace('/', '~'), event.path("step").asLong());
    if (!pictures().contains(picture)) {
      byte[] png = Files.readAllBytes(existing(log, event));
      String stem =
          "%s/%s+timestamp+%d+%s"
              .formatted(
                  IMAGES,
                  picture,
                  event.path("time").asLong(),
                  MlflowApi.uuidOf(run.key() + "\n" + event));
      api.upload(state.artifacts(), stem + ".png", png);
      api.upload(state.artifacts(), stem + COMPRESSED, png);
      pictures().add(picture);
    }
    if (!state.areImagesMarked()) {
      api.setTag(state.runId().orElseThrow(), "mlflow.loggedImages", "true");
      state.setImagesMarked();
    }
  }

  /** The names and steps of the pictures that the server has; asked once. */
  private Set<String> pictures() {
    if (pictures.isEmpty()) {
      Set<String> known = new HashSet<>();
      for (String file : api.list(state.artifacts(), IMAGES)) {
        int end = file.indexOf("+timestamp+");
        if (end > 0 && file.endsWith(COMPRESSED)) {
          known.add(file.substring(0, end));
        }
      }
      pictures = Optional.of(known);
    }
    return pictures.get();
  }

  private void sendArtifact(String log, JsonNode event) throws IOException {
    String folder = event.path("to").asText("");
    Path source = existing(log, event);
    String name = folder.isEmpty() ? "" : folder + "/";
    if (Files.isDirectory(source)) {
      uploadFolder(state.artifacts(), source, name + source.getFileName());
    } else {
      upload(state.artifacts(), source, name + source.getFileName());
    }
  }

  private void uploadFolder(ArtifactRoot root, Path folder, String to) throws IOException {
    List<Path> files;
    try (Stream<Path> paths = Files.walk(folder)) {
      files = paths.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : files) {
      upload(root, file, to + "/" + folder.relativize(file).toString().replace('\\', '/'));
    }
  }

  private void upload(ArtifactRoot root, Path file, String to) throws IOException {
    api.upload(root, MlflowText.artifactPath(to), file, Files.size(file));
  }

  private void sendModel(String log, String id, JsonNode event) throws IOException {
    Path savedModel = existing(log, event);
    String name = MlflowText.modelName(event.path("name").asText());
    String task = event.path("task").asText("");
    MlflowApi.LoggedModel model =
        api.ensureModel(
            state.experimentId(),
            id,
            run.key() + "#" + name.replace('"', '_'),
            name,
            Map.of("twofold.task", task));
    if (!model.isReady()) {
      uploadFolder(model.artifacts(), savedModel, ModelPackage.DATA);
      ModelPackage.files(model.id(), id, event, Instant.ofEpochMilli(logs.startTime()))
          .forEach((path, content) -> api.upload(model.artifacts(), path, content));
    }
    api.markReady(id, model.id());
    if (run.register().isPresent()) {
      String suffix = task.isEmpty() ? "" : "-" + task;
      register(model.id(), MlflowText.modelName(run.register().get() + suffix));
    }
  }

  /** Where a policy forbids it, the run is whole without it: this alone waits for a next time. */
  private void register(String modelId, String name) {
    try {
      api.register(name, state.runId().orElseThrow(), modelId);
      state.setRegistered(modelId);
    } catch (ServerRefusedException e) {
      if (e.status() != FORBIDDEN) {
        throw e;
      }
      state.setUnregistered(modelId, name);
      String answer = e.getMessage().startsWith("403 ") ? e.getMessage() : "403 " + e.getMessage();
      warnings.accept(
          "model %s is not registered: %s answered %s (%s; the same command registers it then)"
              .formatted(name, api.uri(), answer, e.remedy().orElseThrow()));
    }
  }

  /**
   * Once a process, for somebody may have given the right to it since. A run that was deleted stays
   * so.
   */
  void registerLeftOut() throws IOException {
    Map<String, String> leftOut = state.unregistered();
    if (leftOut.isEmpty() || !api.isActive(state.runId().orElseThrow())) {
      return;
    }
    for (Map.Entry<String, String> model : leftOut.entrySet()) {
      try {
        register(model.getKey(), model.getValue());
      } catch (ServerRefusedException e) {
        if (e.remedy().isPresent()) {
          throw e;
        }
        state.setRegistered(model.getKey());
        warnings.accept("cannot register model %s: %s".formatted(model.getValue(), e.getMessage()));
      }
    }
    state.save();
  }

  /** The file or folder that an event names; never one outside the workdir. */
  private Path existing(String log, JsonNode event) throws IOException {
    String path = event.path("path").asText();
    Path root = workdir.toAbsolutePath().normalize();
    Path file = root.resolve(log).resolveSibling(path).normalize();
    if (!file.startsWith(root)) {
      throw new MissingFileException("%s lies outside of %s".formatted(path, root));
    }
    try {
      Files.readAttributes(file, BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      throw new MissingFileException(file + " is not there");
    }
    return file;
  }

  static final class MissingFileException extends IOException {
    private static final long serialVersionUID = 1L;

    MissingFileException(String message) {
      super(message);
    }
  }
}
