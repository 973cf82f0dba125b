package dev.twofold.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Worked examples of the papers' equations, in golden.json: inputs and expected outputs, each
 * computed in two independent ways, the small ones also by hand.
 */
public final class Golden {

  private Golden() {}

  /** One section of the file. */
  public static JsonNode section(String name) {
    try (InputStream file = Golden.class.getResourceAsStream("/golden.json")) {
      return new ObjectMapper().readTree(file).required(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All numbers of a nested array, in the order in which they are written. */
  public static float[] floats(JsonNode array) {
    List<Float> numbers = new ArrayList<>();
    collect(array, numbers);
    float[] floats = new float[numbers.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = numbers.get(i);
    }
    return floats;
  }

  private static void collect(JsonNode node, List<Float> numbers) {
    if (node.isArray()) {
      node.forEach(element -> collect(element, numbers));
    } else {
      numbers.add((float) node.asDouble());
    }
  }

  /** Extents of a nested array. */
  public static long[] shape(JsonNode array) {
    List<Long> extents = new ArrayList<>();
    for (JsonNode node = array; node.isArray(); node = node.get(0)) {
      extents.add((long) node.size());
    }
    return extents.stream().mapToLong(Long::longValue).toArray();
  }

  public static float number(JsonNode node) {
    return (float) node.asDouble();
  }
}
