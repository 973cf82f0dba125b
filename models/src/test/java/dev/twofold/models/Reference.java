package dev.twofold.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.deser.std.StdDelegatingDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.StdConverter;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import dev.twofold.models.methods.MethodType;
import dev.twofold.models.methods.Methods;
import dev.twofold.models.methods.Preset;
import dev.twofold.models.methods.Prior;
import dev.twofold.models.training.Auxiliary;
import dev.twofold.models.training.Start;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Cases that a script in {@code benchmarks/reference} computed with JAX, in float64 and from the
 * papers' equations alone.
 *
 * @param name of the script and of its file of cases
 * @param json tasks, the auxiliary network, and cases
 */
public record Reference(String name, JsonNode json) {
  /** Of a number, relative to the largest beside it. */
  public static final double TOLERANCE = 1e-4;

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
          .addModule(
              new SimpleModule()
                  .addDeserializer(
                      Prior.class, new StdDelegatingDeserializer<>(new GroupsOfPrior())))
          .build();

  /** Prior groups stand in a case as in a configuration: lists of tasks. */
  private static final class GroupsOfPrior extends StdConverter<List<List<String>>, Prior> {
    @Override
    public Prior convert(List<List<String>> groups) {
      return new Prior(groups);
    }
  }

  public static Reference of(String name) {
    try (InputStream file = Reference.class.getResourceAsStream("/reference/" + name + ".json")) {
      return new Reference(name, MAPPER.readTree(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A case by its name. */
  public record Case(String name, JsonNode json) {
    @Override
    public String toString() {
      return name;
    }
  }

  public Stream<Case> cases() {
    List<Case> cases = new ArrayList<>();
    json.get("cases").forEach(each -> cases.add(new Case(each.get("name").asText(), each)));
    return cases.stream();
  }

  public Auxiliary auxiliary() {
    JsonNode auxiliary = json.get("auxiliary");
    Weights weights = new Weights();
    auxiliary
        .get("weights")
        .properties()
        .forEach(entry -> weights.put(entry.getKey(), weight(entry.getValue())));
    return new Auxiliary(task("auxiliary", auxiliary), weights);
  }

  /** Some of a task's images. */
  public BatchSource images(String name, int from, int to) {
    JsonNode task = json.get("tasks").get(name);
    return new Images(task(name, task), task, from, to);
  }

  /** All images of a task. */
  public BatchSource images(String name) {
    return images(name, 0, json.get("tasks").get(name).get("labels").size());
  }

  public static Task task(String name, JsonNode json) {
    int[] shape = read(json.get("shape"), int[].class);
    return new Task(
        name,
        new ImageShape(shape[0], shape[1], shape[2]),
        List.of(read(json.get("classes"), String[].class)));
  }

  /** The reference's images, always in its order. */
  private record Images(Task task, JsonNode json, int first, int end) implements BatchSource {
    @Override
    public int size() {
      return end - first;
    }

    @Override
    public Batch images(int... positions) {
      int image = task.shape().size();
      byte[] pixels = new byte[positions.length * image];
      for (int i = 0; i < pixels.length; i++) {
        int entry = (first + positions[i / image]) * image + i % image;
        pixels[i] = (byte) json.get("pixels").get(entry).asInt();
      }
      int[] labels = read(json.get("labels"), int[].class);
      return new Batch(pixels, IntStream.of(positions).map(i -> labels[first + i]).toArray());
    }

    @Override
    public int[] order(long seed, long pass) {
      return IntStream.range(0, size()).toArray();
    }

    @Override
    public void close() {}
  }

  /** The method of a case, with its settings over the tuned ones. */
  public static GraphMethod method(JsonNode json) {
    return method(Methods.named(json.get("method").asText()), json.get("settings"));
  }

  private static <S extends Record> GraphMethod method(MethodType<S> type, JsonNode settings) {
    return (GraphMethod) type.method(laidOver(type.settings().apply(Preset.TUNED), settings));
  }

  public static Start from(JsonNode json) {
    return new Start(
        Start.From.valueOf(json.get("start").asText().toUpperCase(Locale.ROOT)),
        Start.ScratchSeed.PER_TASK,
        Start.HeadStart.RANDOM,
        null);
  }

  /** Momenta and selections of partners, which the first step makes. */
  public static boolean isOfTheTraining(String variable) {
    return variable.startsWith("partners/") || variable.matches(".*/(momentum|m|v)");
  }

  public static Weight zeros(Weight weight) {
    return new Weight(weight.shape(), new float[weight.values().length]);
  }

  /** Settings of which a case gives some. */
  @SuppressWarnings("unchecked")
  public static <S extends Record> S laidOver(S preset, JsonNode given) {
    ObjectNode settings = MAPPER.valueToTree(preset);
    settings.setAll((ObjectNode) given);
    return (S) read(settings, preset.getClass());
  }

  public static <T> T read(JsonNode json, Class<T> type) {
    return MAPPER.convertValue(json, type);
  }

  public static Weight weight(JsonNode json) {
    return new Weight(
        read(json.get("shape"), long[].class), read(json.get("values"), float[].class));
  }

  public static List<String> names(JsonNode object) {
    return object.properties().stream().map(Map.Entry::getKey).toList();
  }

  /** Largest difference, relative to the largest number expected. */
  public static double error(double[] found, double[] expected) {
    return largest(difference(found, expected)) / largest(expected);
  }

  public static double largest(double[] values) {
    return Arrays.stream(values).map(Math::abs).max().orElseThrow();
  }

  public static double[] difference(double[] minuend, double[] subtrahend) {
    return IntStream.range(0, minuend.length)
        .mapToDouble(i -> minuend[i] - subtrahend[i])
        .toArray();
  }

  public static double[] doubles(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }

  public static double[] doubles(JsonNode array) {
    return read(array, double[].class);
  }
}
