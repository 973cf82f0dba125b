package dev.twofold.models.evaluation;

import dev.twofold.models.ImageShape;
import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.Convolution;
import dev.twofold.models.layers.Mode;
import dev.twofold.models.layers.Net;
import dev.twofold.models.layers.Parameters;
import dev.twofold.models.layers.StageOutput;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * What one convolution layer of a trained column makes of one image, after its activation.
 *
 * @param layer name of the convolution
 * @param maps one a kernel, row-major [height · width]
 */
public record ActivationMaps(String layer, int height, int width, List<float[]> maps) {

  public ActivationMaps {
    maps = List.copyOf(maps);
  }

  /** The largest value of the layer. */
  public float largest() {
    float largest = 0;
    for (float[] map : maps) {
      for (float value : map) {
        largest = Math.max(largest, value);
      }
    }
    return largest;
  }

  /**
   * The maps of a column's first convolution layers, by its own backbone.
   *
   * @param weights effective parameters of the column, such as K̃
   * @param pixels uint8 [height, width, channels]
   * @param layers how many; all where there are fewer
   */
  public static List<ActivationMaps> of(
      Backbone backbone, Weights weights, ImageShape image, byte[] pixels, int layers) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Parameters parameters = Parameters.constants(tf, withoutConnected(weights));
      Map<String, Operand<TFloat32>> first =
          first(tf, backbone, parameters, constant(tf, image, pixels), image, layers);
      List<ActivationMaps> maps = new ArrayList<>();
      Net.fetch(session, first).all().forEach((name, values) -> maps.add(byKernel(name, values)));
      return maps;
    }
  }

  private static Weights withoutConnected(Weights weights) {
    Weights convolutional = new Weights();
    weights
        .all()
        .forEach(
            (name, weight) -> {
              if (!Backbone.isFullyConnected(name)) {
                convolutional.put(name, weight);
              }
            });
    return convolutional;
  }

  private static Operand<TFloat32> constant(Ops tf, ImageShape image, byte[] pixels) {
    float[] values = new float[pixels.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = pixels[i] & 255;
    }
    long[] shape = {1, image.height(), image.width(), image.channels()};
    return tf.reshape(tf.constant(values), tf.constant(shape));
  }

  /** By the convolutions' names, in their order; stages behind them are left out. */
  private static Map<String, Operand<TFloat32>> first(
      Ops tf,
      Backbone backbone,
      Parameters parameters,
      Operand<TFloat32> pixels,
      ImageShape image,
      int layers) {
    List<String> names = backbone.convolutions().stream().map(Convolution::name).toList();
    Map<String, Operand<TFloat32>> first = new LinkedHashMap<>();
    Operand<TFloat32> x = backbone.input(tf, parameters, pixels, image); // [1, H, W, C]
    for (int stage = 0; stage < backbone.stages() && first.size() < layers; stage++) {
      StageOutput output = backbone.stage(tf, parameters, x, stage, image, Mode.PREDICTION);
      for (Operand<TFloat32> maps : output.maps()) {
        if (first.size() < layers) {
          first.put(names.get(first.size()), maps); // [1, H_l, W_l, Cout]
        }
      }
      x = output.features();
    }
    return first;
  }

  private static ActivationMaps byKernel(String name, Weight values) {
    int height = (int) values.shape()[1];
    int width = (int) values.shape()[2];
    int out = (int) values.shape()[3];
    List<float[]> maps = new ArrayList<>();
    for (int i = 0; i < out; i++) {
      float[] map = new float[height * width];
      for (int position = 0; position < map.length; position++) {
        map[position] = values.values()[position * out + i];
      }
      maps.add(map);
    }
    return new ActivationMaps(name, height, width, maps);
  }
}
