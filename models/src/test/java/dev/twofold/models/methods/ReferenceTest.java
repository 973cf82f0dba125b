package dev.twofold.models.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.twofold.models.Batch;
import dev.twofold.models.BatchSource;
import dev.twofold.models.GraphMethod;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Task;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import dev.twofold.models.training.Augmentation;
import dev.twofold.models.training.Auxiliary;
import dev.twofold.models.training.Checkpoint;
import dev.twofold.models.training.ColumnStart;
import dev.twofold.models.training.Start;
import dev.twofold.models.training.TaskData;
import dev.twofold.models.training.Trainer;
import dev.twofold.models.training.TrainingObserver;
import dev.twofold.models.training.TrainingSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The training loop against JAX: losses and trained variables after a step or two, as {@code
 * benchmarks/reference/one_step.py} computes them from the papers' equations in float64.
 */
@TestInstance(Lifecycle.PER_CLASS)
class ReferenceTest {
  private static final String FILE = "src/test/resources/reference/one_step.json";
  private static final String SCRIPT = "../benchmarks/reference/one_step.py";
  private static final double TOLERANCE = 1e-4;
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
          .build();

  private JsonNode reference;

  @BeforeAll
  void read() throws IOException {
    try (InputStream file = ReferenceTest.class.getResourceAsStream("/reference/one_step.json")) {
      reference = MAPPER.readTree(file);
    }
  }

  /** A case by its name. */
  record Case(String name, JsonNode json) {
    @Override
    public String toString() {
      return name;
    }
  }

  Stream<Case> cases() {
    List<Case> cases = new ArrayList<>();
    reference.get("cases").forEach(json -> cases.add(new Case(json.get("name").asText(), json)));
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithJax(Case tested) {
    JsonNode json = tested.json();
    Weights start = start(json);
    List<double[]> losses = new ArrayList<>();
    Weights after = trained(json, start, losses);

    assertThat(changed(start, after)).containsExactlyInAnyOrderElementsOf(names(json.get("after")));
    Map<String, Double> errors = errors(json.get("after"), start, after);
    double largest = Collections.max(errors.values());
    assertThat(largest)
        .as("largest error %.1e of a change, relative to the largest change of %s", largest, errors)
        .isLessThan(TOLERANCE);

    for (int step = 0; step < json.get("training").get("steps").asInt(); step++) {
      JsonNode expected = json.get("losses").get(step);
      assertThat(error(losses.get(step), doubles(expected)))
          .as("relative error of the losses at step %d, %s", step, expected)
          .isLessThan(TOLERANCE);
    }
  }

  @Test
  void isAsTheScriptComputesIt() throws IOException, InterruptedException {
    String python =
        Optional.ofNullable(System.getenv("TWOFOLD_REFERENCE_PYTHON")).orElse("python3");
    assumeThat(run(python, "-c", "import jax"))
        .as("a Python that has jax (python3, or as TWOFOLD_REFERENCE_PYTHON names it)")
        .isEmpty();

    assertThat(run(python, SCRIPT, "--check", FILE)).isEmpty();
  }

  /** What a command has to say when it fails; nothing when it succeeds. */
  private static String run(String... command) throws IOException, InterruptedException {
    Path log = Files.createTempFile("reference", ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      return process.waitFor() == 0 ? "" : "failed: " + Files.readString(log);
    } catch (IOException e) {
      return "failed: " + e.getMessage();
    } finally {
      Files.delete(log);
    }
  }

  /**
   * Every variable before the first step: as the case has it, or (statistics of the input) as the
   * training itself makes it. The loop tells its variables after a step, so it is let make one.
   */
  private Weights start(JsonNode json) {
    AtomicReference<Weights> made = new AtomicReference<>();
    try (Trainer trainer = trainer(json, (losses, weights) -> made.set(weights))) {
      trainer.train(Optional.empty());
    }
    JsonNode given = reference.get("starts").get(json.get("startsWith").asInt());
    assertThat(made.get().all()).containsKeys(names(given).toArray(String[]::new));
    Weights start = new Weights();
    made.get()
        .all()
        .forEach(
            (name, weight) ->
                start.put(
                    name,
                    given.has(name)
                        ? weight(given.get(name))
                        : isOfTheTraining(name) ? zeros(weight) : weight));
    return start;
  }

  private Weights trained(JsonNode json, Weights start, List<double[]> losses) {
    AtomicReference<Weights> after = new AtomicReference<>();
    try (Trainer trainer =
        trainer(
            json,
            (ofStep, weights) -> {
              losses.add(ofStep);
              after.set(weights);
            })) {
      trainer.train(Optional.of(new Checkpoint(0, 0, new double[tasks(json).size()], start)));
    }
    return after.get();
  }

  private Trainer trainer(JsonNode json, BiConsumer<double[], Weights> afterStep) {
    MethodType<?> type = Methods.named(json.get("method").asText());
    return new Trainer(
        new Trainer.Unit(
            (GraphMethod)
                type.method(laidOver(type.settings().apply(Preset.TUNED), json.get("settings"))),
            read(reference.get("backbone"), BackboneSettings.class),
            new ColumnStart(
                new Start(
                    Start.From.valueOf(json.get("start").asText().toUpperCase(Locale.ROOT)),
                    Start.ScratchSeed.PER_TASK,
                    Start.HeadStart.RANDOM,
                    null),
                Optional.of(auxiliary()),
                Optional.empty(),
                1),
            laidOver(TrainingSettings.tuned(), json.get("training")),
            1,
            1),
        tasks(json),
        new TrainingObserver() {
          @Override
          public boolean stepped(int step, double[] losses, Supplier<Checkpoint> checkpoint) {
            afterStep.accept(losses, checkpoint.get().weights());
            return true;
          }
        });
  }

  /** Settings of which a case gives some. */
  @SuppressWarnings("unchecked")
  private static <S extends Record> S laidOver(S preset, JsonNode given) {
    ObjectNode settings = MAPPER.valueToTree(preset);
    settings.setAll((ObjectNode) given);
    return (S) read(settings, preset.getClass());
  }

  private static <T> T read(JsonNode json, Class<T> type) {
    return MAPPER.convertValue(json, type);
  }

  private Auxiliary auxiliary() {
    JsonNode json = reference.get("auxiliary");
    Weights weights = new Weights();
    json.get("weights")
        .properties()
        .forEach(entry -> weights.put(entry.getKey(), weight(entry.getValue())));
    return new Auxiliary(task("auxiliary", json), weights);
  }

  private List<TaskData> tasks(JsonNode json) {
    List<TaskData> tasks = new ArrayList<>();
    for (JsonNode name : json.get("tasks")) {
      JsonNode task = reference.get("tasks").get(name.asText());
      Images images = new Images(task(name.asText(), task), task);
      Map<String, String> labelMap = new LinkedHashMap<>();
      task.get("labelMap")
          .properties()
          .forEach(entry -> labelMap.put(entry.getKey(), entry.getValue().asText()));
      tasks.add(new TaskData(images, images, Augmentation.NONE, labelMap));
    }
    return tasks;
  }

  private static Task task(String name, JsonNode json) {
    int[] shape = read(json.get("shape"), int[].class);
    return new Task(
        name,
        new ImageShape(shape[0], shape[1], shape[2]),
        List.of(read(json.get("classes"), String[].class)));
  }

  /** The reference's images, always in its order. */
  private record Images(Task task, JsonNode json) implements BatchSource {
    @Override
    public int size() {
      return json.get("labels").size();
    }

    @Override
    public Batch inOrder(int from, int to) {
      int image = task.shape().size();
      byte[] pixels = new byte[(to - from) * image];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (byte) json.get("pixels").get(from * image + i).asInt();
      }
      return new Batch(pixels, Arrays.copyOfRange(read(json.get("labels"), int[].class), from, to));
    }

    @Override
    public Batch shuffled(long seed, long pass, int index, int batchSize) {
      return inOrder(index * batchSize, (index + 1) * batchSize);
    }

    @Override
    public void close() {}
  }

  /** Momenta and selections of partners, which the first step makes. */
  private static boolean isOfTheTraining(String variable) {
    return variable.startsWith("partners/") || variable.matches(".*/(momentum|m|v)");
  }

  private static List<String> changed(Weights start, Weights after) {
    return after.all().keySet().stream()
        .filter(name -> !isOfTheTraining(name))
        .filter(name -> !Arrays.equals(after.get(name).values(), start.get(name).values()))
        .toList();
  }

  /** Of each variable's change, relative to the largest change of the variable. */
  private static Map<String, Double> errors(JsonNode expected, Weights start, Weights after) {
    Map<String, Double> errors = new LinkedHashMap<>();
    for (String name : names(expected)) {
      double[] before = doubles(start.get(name).values());
      errors.put(
          name,
          error(
              difference(doubles(after.get(name).values()), before),
              difference(doubles(expected.get(name)), before)));
    }
    return errors;
  }

  private static double error(double[] found, double[] expected) {
    return largest(difference(found, expected)) / largest(expected);
  }

  private static double largest(double[] values) {
    return Arrays.stream(values).map(Math::abs).max().orElseThrow();
  }

  private static double[] difference(double[] minuend, double[] subtrahend) {
    return IntStream.range(0, minuend.length)
        .mapToDouble(i -> minuend[i] - subtrahend[i])
        .toArray();
  }

  private static double[] doubles(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  private static double[] doubles(JsonNode array) {
    return read(array, double[].class);
  }

  private static List<String> names(JsonNode object) {
    return object.properties().stream().map(Map.Entry::getKey).toList();
  }

  private static Weight weight(JsonNode json) {
    return new Weight(
        read(json.get("shape"), long[].class), read(json.get("values"), float[].class));
  }

  private static Weight zeros(Weight weight) {
    return new Weight(weight.shape(), new float[weight.values().length]);
  }
}
