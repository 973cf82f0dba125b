package dev.twofold.models.export;

import dev.twofold.models.Bench;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Task;
import dev.twofold.models.TaskNetwork;
import dev.twofold.models.layers.Activations;
import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.Mode;
import dev.twofold.models.layers.Parameters;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Small networks of one column, with random weights. */
final class Columns {
  static final BackboneSettings BACKBONE =
      new BackboneSettings(null, List.of("4", "M", "5", "6", "M"), List.of(3), false);

  private Columns() {}

  static Task task(String name, ImageShape shape) {
    return new Task(name, shape, List.of("x", "y"));
  }

  static TaskNetwork network(Task task, BackboneSettings settings) {
    Backbone backbone = new Backbone(settings, task.shape().channels(), Optional.empty());
    return new TaskNetwork(
        task,
        new Parameters(Map.of()),
        (tf, p, x) -> backbone.forward(tf, p, x, task.shape(), Mode.PREDICTION));
  }

  /** Normal weights of deviation ½, positive biases and variances, no normalisation. */
  static Weights random(Task task, BackboneSettings backbone, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Weights weights = new Weights();
    new Backbone(backbone, task.shape().channels(), Optional.empty())
        .shapes(task.shape(), task.classes().size())
        .forEach(
            (name, shape) -> {
              float[] values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
              for (int i = 0; i < values.length; i++) {
                values[i] = value(name, random);
              }
              weights.put(name, new Weight(shape, values));
            });
    return weights;
  }

  private static float value(String name, SplittableRandom random) {
    if (name.startsWith("input/")) {
      return name.equals(Backbone.INPUT_MEAN) ? 0 : 1;
    }
    boolean positive = name.endsWith("/bias") || name.endsWith("/variance");
    return (float) (positive ? .1 + random.nextDouble() : random.nextGaussian() / 2);
  }

  /** Empties a channel as a mask does. */
  static void empty(Weights weights, String layer, int channel, float bias) {
    empty(weights, layer, channel);
    weights.get(layer + "/bias").values()[channel] = bias;
  }

  /** The same where there is no bias. */
  static void empty(Weights weights, String layer, int channel) {
    Weight kernel = weights.get(layer + "/kernel");
    int out = (int) kernel.shape()[3];
    for (int i = channel; i < kernel.values().length; i += out) {
      kernel.values()[i] = 0;
    }
  }

  /** What flows through the network for one image. */
  static Activations run(Bench bench, TaskNetwork network, Weights weights, float... pixels) {
    ImageShape image = network.task().shape();
    Map<String, Operand<TFloat32>> parameters = new LinkedHashMap<>();
    weights
        .all()
        .forEach(
            (name, weight) ->
                parameters.put(name, bench.constant(weight.shape(), weight.values())));
    return network
        .forward()
        .run(
            bench.tf(),
            new Parameters(parameters),
            bench.constant(
                new long[] {1, image.height(), image.width(), image.channels()}, pixels));
  }

  static float[] pixels(ImageShape image) {
    SplittableRandom random = new SplittableRandom(9);
    float[] pixels = new float[image.size()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextInt(256);
    }
    return pixels;
  }
}
