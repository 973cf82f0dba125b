package dev.twofold.models.layers;

import dev.twofold.models.ImageShape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * A VGG-like network: convolutions 3×3 with "same" padding, batch normalisation where set, ReLU;
 * 2×2 max pooling; hidden fully connected layers with ReLU and dropout; the head.
 *
 * <p>Parameters: {@code input/mean}, {@code input/deviation} [C]; {@code conv<b>_<i>/kernel} [3, 3,
 * Cin, Cout], {@code /bias} [Cout] and, with batch norm, {@code /gamma}, {@code /beta}, {@code
 * /mean}, {@code /variance} [Cout]; {@code fc<h>/kernel} [in, out], {@code /bias} [out]; {@code
 * head/kernel} [in, classes], {@code head/bias} [classes]. Files of weights use these names.
 */
public final class Backbone {

  public static final String INPUT_MEAN = "input/mean";
  public static final String INPUT_DEVIATION = "input/deviation";
  public static final String HEAD = "head";

  private static final float EPSILON = 1e-3f;
  private static final float DECAY = 0.95f;

  private final BackboneSettings settings;
  private final List<Convolution> convolutions = new ArrayList<>();

  /** Index into {@link #convolutions} for a convolution, -1 for a pooling. */
  private final List<Integer> layers = new ArrayList<>();

  private final int[] grid;

  /**
   * A backbone.
   *
   * @param channels of its input
   * @param gridOf shape whose last feature map gives the grid that every column is average-pooled
   *     to, so that fully connected layers fit whatever the column's image size; empty for the
   *     column's own
   */
  public Backbone(BackboneSettings settings, int channels, Optional<ImageShape> gridOf) {
    this.settings = settings;
    int block = 1;
    int place = 1;
    int in = channels;
    for (int out : settings.layers()) {
      if (out == Vgg.POOL) {
        layers.add(-1);
        block++;
        place = 1;
      } else {
        layers.add(convolutions.size());
        convolutions.add(new Convolution("conv%d_%d".formatted(block, place++), in, out));
        in = out;
      }
    }
    this.grid = gridOf.map(shape -> pooled(shape.height(), shape.width())).orElse(null);
  }

  public List<Convolution> convolutions() {
    return List.copyOf(convolutions);
  }

  /** Names of the fully connected layers h = 1..H, the head last. */
  public List<String> fullyConnected() {
    List<String> names = new ArrayList<>();
    for (int h = 1; h <= settings.fullyConnected().size(); h++) {
      names.add("fc" + h);
    }
    names.add(HEAD);
    return names;
  }

  /** Height and width of the last feature map. */
  private int[] pooled(int height, int width) {
    int[] size = {height, width};
    for (int layer : layers) {
      size = layer < 0 ? halved(size) : size;
    }
    return size;
  }

  /** A pooling drops an odd last row or column, but a map of one row or column stays as it is. */
  private static int[] halved(int[] size) {
    return isPoolable(size)
        ? new int[] {size[0] / 2, size[1] / 2}
        : new int[] {(size[0] + 1) / 2, (size[1] + 1) / 2};
  }

  private static boolean isPoolable(int[] size) {
    return size[0] > 1 && size[1] > 1;
  }

  /** Whether this parameter is among the fully connected ones. */
  public static boolean isFullyConnected(String parameter) {
    return parameter.startsWith("fc") || parameter.startsWith(HEAD + "/");
  }

  /** What a parameter of this name is to the network. */
  public static Role role(String parameter) {
    if (parameter.startsWith("input/")
        || parameter.endsWith("/mean")
        || parameter.endsWith("/variance")) {
      return Role.FROZEN;
    }
    if (parameter.endsWith("/kernel")) {
      return isFullyConnected(parameter) ? Role.MATRIX : Role.KERNEL;
    }
    return parameter.endsWith("/bias") ? Role.BIAS : Role.NORM;
  }

  /** Shapes of a column's parameters, by name, in the order in which the column uses them. */
  public Map<String, long[]> shapes(ImageShape image, int classes) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    long channels = convolutions.get(0).in();
    shapes.put(INPUT_MEAN, new long[] {channels});
    shapes.put(INPUT_DEVIATION, new long[] {channels});
    for (Convolution convolution : convolutions) {
      shapes.put(convolution.kernel(), convolution.kernelShape());
      shapes.put(convolution.bias(), new long[] {convolution.out()});
      if (settings.batchNorm()) {
        for (String statistic : List.of("gamma", "beta", "mean", "variance")) {
          shapes.put(convolution.name() + "/" + statistic, new long[] {convolution.out()});
        }
      }
    }
    long in = featureSize(image);
    for (String name : fullyConnected()) {
      long out = name.equals(HEAD) ? classes : width(name);
      shapes.put(name + "/kernel", new long[] {in, out});
      shapes.put(name + "/bias", new long[] {out});
      in = out;
    }
    return shapes;
  }

  private long width(String name) {
    return settings.fullyConnected().get(Integer.parseInt(name.substring(2)) - 1);
  }

  private long featureSize(ImageShape image) {
    int[] size = grid == null ? pooled(image.height(), image.width()) : grid;
    return (long) size[0] * size[1] * convolutions.get(convolutions.size() - 1).out();
  }

  /**
   * Runs a column.
   *
   * @param images float32 [B, H, W, C] in 0..255; grey ones are replicated where the column has
   *     colour kernels
   */
  public Activations forward(
      Ops tf, Parameters parameters, Operand<TFloat32> images, ImageShape image, Mode mode) {
    List<Operand<TFloat32>> maps = new ArrayList<>();
    Operand<TFloat32> x = normalise(tf, parameters, images, image); // [B, H, W, C]
    int[] size = {image.height(), image.width()};
    for (int layer : layers) {
      if (layer < 0) {
        x = maxPool(tf, x, isPoolable(size) ? "VALID" : "SAME");
        size = halved(size);
      } else {
        x = convolve(tf, parameters, x, convolutions.get(layer), mode);
        maps.add(x);
      }
    }
    Operand<TFloat32> features = toGrid(tf, x, size[0], size[1]); // [B, h, w, Cout]
    Operand<TFloat32> flat =
        tf.reshape(features, tf.constant(new long[] {-1, featureSize(image)})); // [B, h·w·Cout]
    List<Operand<TFloat32>> inputs = new ArrayList<>();
    List<Operand<TFloat32>> outputs = new ArrayList<>();
    fullyConnect(tf, parameters, flat, mode, inputs, outputs);
    return new Activations(maps, inputs, outputs);
  }

  private Operand<TFloat32> normalise(
      Ops tf, Parameters parameters, Operand<TFloat32> images, ImageShape image) {
    Operand<TFloat32> unit = tf.math.mul(images, tf.constant(1f / 255));
    if (image.channels() < convolutions.get(0).in()) {
      unit = tf.tile(unit, tf.constant(new int[] {1, 1, 1, convolutions.get(0).in()}));
    }
    return tf.math.div(
        tf.math.sub(unit, parameters.get(INPUT_MEAN)), parameters.get(INPUT_DEVIATION));
  }

  private Operand<TFloat32> convolve(
      Ops tf, Parameters p, Operand<TFloat32> x, Convolution convolution, Mode mode) {
    Operand<TFloat32> z =
        tf.nn.biasAdd(
            tf.nn.conv2d(x, p.get(convolution.kernel()), List.of(1L, 1L, 1L, 1L), "SAME"),
            p.get(convolution.bias())); // [B, H, W, Cout]
    if (settings.batchNorm()) {
      z = batchNorm(tf, p, z, convolution.name(), mode);
    }
    return tf.nn.relu(z);
  }

  /** Ioffe and Szegedy (ICML 2015): over batch and positions, population variance. */
  private static Operand<TFloat32> batchNorm(
      Ops tf, Parameters p, Operand<TFloat32> z, String layer, Mode mode) {
    Operand<TFloat32> mean = p.get(layer + "/mean"); // [Cout]
    Operand<TFloat32> variance = p.get(layer + "/variance"); // [Cout]
    if (mode.training()) {
      Operand<TInt32> axes = tf.constant(new int[] {0, 1, 2});
      Operand<TFloat32> batchMean = tf.math.mean(z, axes);
      Operand<TFloat32> batchVariance =
          tf.math.mean(tf.math.square(tf.math.sub(z, batchMean)), axes);
      follow(tf, mode, layer + "/mean", mean, batchMean);
      follow(tf, mode, layer + "/variance", variance, batchVariance);
      mean = batchMean;
      variance = batchVariance;
    }
    Operand<TFloat32> scale =
        tf.math.mul(
            p.get(layer + "/gamma"), tf.math.rsqrt(tf.math.add(variance, tf.constant(EPSILON))));
    return tf.math.add(tf.math.mul(tf.math.sub(z, mean), scale), p.get(layer + "/beta"));
  }

  private static void follow(
      Ops tf, Mode mode, String name, Operand<TFloat32> moving, Operand<TFloat32> batch) {
    Operand<TFloat32> step = tf.math.mul(tf.math.sub(moving, batch), tf.constant(1 - DECAY));
    mode.net()
        .updateEveryStep(
            tf.assignSubVariableOp(mode.net().named(mode.prefix() + name).handle(), step));
  }

  private static Operand<TFloat32> maxPool(Ops tf, Operand<TFloat32> x, String padding) {
    return tf.nn.maxPool(
        x, tf.constant(new int[] {1, 2, 2, 1}), tf.constant(new int[] {1, 2, 2, 1}), padding);
  }

  /** Adaptive average pooling: identity where the map has the grid's size already. */
  private Operand<TFloat32> toGrid(Ops tf, Operand<TFloat32> x, int height, int width) {
    if (grid == null || (grid[0] == height && grid[1] == width)) {
      return x;
    }
    long channels = convolutions.get(convolutions.size() - 1).out();
    Operand<TFloat32> rows =
        tf.linalg.matMul(
            tf.reshape(
                tf.linalg.transpose(x, tf.constant(new int[] {0, 2, 3, 1})),
                tf.constant(new long[] {-1, height})),
            averaging(tf, height, grid[0])); // [B·W·C, h]
    Operand<TFloat32> columns =
        tf.linalg.matMul(
            tf.reshape(
                tf.linalg.transpose(
                    tf.reshape(rows, tf.constant(new long[] {-1, width, channels, grid[0]})),
                    tf.constant(new int[] {0, 3, 2, 1})),
                tf.constant(new long[] {-1, width})),
            averaging(tf, width, grid[1])); // [B·h·C, w]
    return tf.linalg.transpose(
        tf.reshape(columns, tf.constant(new long[] {-1, grid[0], channels, grid[1]})),
        tf.constant(new int[] {0, 1, 3, 2})); // [B, h, w, C]
  }

  /** Column g averages the entries floor(g·from/to) … ceil((g+1)·from/to) - 1; [from, to]. */
  private static Operand<TFloat32> averaging(Ops tf, int from, int to) {
    float[] matrix = new float[from * to];
    for (int g = 0; g < to; g++) {
      int first = g * from / to;
      int end = ((g + 1) * from + to - 1) / to;
      for (int i = first; i < end; i++) {
        matrix[i * to + g] = 1f / (end - first);
      }
    }
    return tf.reshape(tf.constant(matrix), tf.constant(new long[] {from, to}));
  }

  private void fullyConnect(
      Ops tf,
      Parameters parameters,
      Operand<TFloat32> features,
      Mode mode,
      List<Operand<TFloat32>> inputs,
      List<Operand<TFloat32>> outputs) {
    Operand<TFloat32> x = features;
    int layer = 0;
    for (String name : fullyConnected()) {
      inputs.add(x);
      Operand<TFloat32> z =
          tf.nn.biasAdd(
              tf.linalg.matMul(x, parameters.get(name + "/kernel")),
              parameters.get(name + "/bias")); // [B, out]
      outputs.add(z);
      if (!name.equals(HEAD)) {
        x = dropout(tf, tf.nn.relu(z), width(name), layer++, mode);
      }
    }
  }

  /** Inverted dropout from this step's seed; the layer's number makes its stream its own. */
  private static Operand<TFloat32> dropout(
      Ops tf, Operand<TFloat32> x, long width, int layer, Mode mode) {
    if (!mode.training() || mode.dropout() == 0) {
      return x;
    }
    Operand<TInt64> seed = tf.math.add(mode.seed(), tf.constant(new long[] {0, layer}));
    Operand<TInt64> shape =
        tf.concat(
            List.of(
                tf.slice(
                    tf.shape(x, TInt64.class),
                    tf.constant(new int[] {0}),
                    tf.constant(new int[] {1})),
                tf.constant(new long[] {width})),
            tf.constant(0));
    Operand<TFloat32> uniform = tf.random.statelessRandomUniform(shape, seed);
    Operand<TFloat32> kept =
        tf.dtypes.cast(
            tf.math.greaterEqual(uniform, tf.constant((float) mode.dropout())), TFloat32.class);
    return tf.math.mul(x, tf.math.mul(kept, tf.constant((float) (1 / (1 - mode.dropout())))));
  }

  /** The placeholder shape of a batch of these images. */
  public static Shape batchShape(ImageShape image) {
    return Shape.of(Shape.UNKNOWN_SIZE, image.height(), image.width(), image.channels());
  }
}
