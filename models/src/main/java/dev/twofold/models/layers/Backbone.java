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
import org.tensorflow.op.core.Sum;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The network of one column: input normalisation; convolutions, in stages; average pooling to the
 * grid; hidden fully connected layers with ReLU and dropout; the head.
 *
 * <p>Parameters: {@code input/mean}, {@code input/deviation} [C]; {@code <convolution>/kernel} [kh,
 * kw, Cin, Cout], {@code /bias} [Cout] (VGG, pruned ResNet) and, with batch norm, {@code /gamma},
 * {@code /beta}, {@code /mean}, {@code /variance} [Cout]; {@code fc<h>/kernel} [in, out], {@code
 * /bias} [out]; {@code head/kernel} [in, classes], {@code head/bias} [classes]. Convolutions are
 * {@code conv<block>_<place>} in a VGG; {@code conv1}, {@code conv<s>_<block>_<place>} and {@code
 * conv<s>_<block>_shortcut} with s = 2..5 in a ResNet. Files of weights use these names.
 *
 * <p>Methods that mix columns between stages run {@link #input}, every {@link #stage} and {@link
 * #head} themselves; {@link #forward} is the three in a row.
 */
public final class Backbone {

  public static final String INPUT_MEAN = "input/mean";
  public static final String INPUT_DEVIATION = "input/deviation";
  public static final String HEAD = "head";

  /** Red, green and blue in grey (ITU-R BT.601), as in the pictures of a grey dataset. */
  private static final float[] LUMA = {0.299f, 0.587f, 0.114f};

  private final BackboneSettings settings;
  private final int channels;
  private final Trunk trunk;
  private final Optional<Grid> grid;

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
    this.channels = channels;
    this.trunk = settings.trunk(channels);
    this.grid = trunk.grid(gridOf.map(this::lastShape));
  }

  private Backbone(BackboneSettings settings, int channels, Trunk trunk, Optional<Grid> grid) {
    this.settings = settings;
    this.channels = channels;
    this.trunk = trunk;
    this.grid = grid;
  }

  /**
   * What pruning leaves of it; batch normalisation is folded into its convolutions.
   *
   * @param left channels of each convolution in {@link #readers}, at least one
   */
  public Backbone pruned(Map<String, Integer> left) {
    return new Backbone(settings, channels, trunk.pruned(left), grid);
  }

  /**
   * Name of the layer that alone reads a convolution's channels, by the convolution's name: the
   * next convolution, or the first fully connected layer. Every convolution of a VGG has one. In a
   * ResNet those inside a block have one: what enters a block has two readers, and what leaves it
   * is a sum with another layer's channels, none of which can go alone.
   */
  public Map<String, String> readers() {
    return trunk.readers(fullyConnected().get(0));
  }

  public List<Convolution> convolutions() {
    return trunk.convolutions();
  }

  /** Those of stage s = 0..S-1. */
  public List<Convolution> convolutions(int stage) {
    return trunk.convolutions(stage);
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

  /**
   * Number of stages. In a VGG each but perhaps the last ends with a pooling; in a ResNet each is a
   * row of blocks on maps of one size, conv2_x to conv5_x, the first with what comes before it.
   */
  public int stages() {
    return trunk.stages();
  }

  /** Number of stages that end with a pooling: the first ones. */
  public int pooledStages() {
    return trunk.pools(stages() - 1) ? stages() : stages() - 1;
  }

  /** Shape of what leaves stage s = 0..S-1 when such images enter the column. */
  public FeatureShape stageShape(ImageShape image, int stage) {
    return trunk.shape(entering(image, stage), stage);
  }

  private FeatureShape entering(ImageShape image, int stage) {
    return stage == 0
        ? new FeatureShape(image.height(), image.width(), channels)
        : stageShape(image, stage - 1);
  }

  private FeatureShape lastShape(ImageShape image) {
    return stageShape(image, stages() - 1);
  }

  /** Multiply-adds of all convolutions on one image. */
  public long multiplyAdds(ImageShape image) {
    long multiplyAdds = 0;
    for (int stage = 0; stage < stages(); stage++) {
      multiplyAdds += trunk.multiplyAdds(entering(image, stage), stage);
    }
    return multiplyAdds;
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
    shapes.put(INPUT_MEAN, new long[] {channels});
    shapes.put(INPUT_DEVIATION, new long[] {channels});
    shapes.putAll(trunk.shapes());
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
    FeatureShape last = lastShape(image);
    return grid.map(g -> (long) g.height() * g.width() * last.channels()).orElse(last.size());
  }

  /**
   * Runs a column.
   *
   * @param images float32 [B, H, W, C] in 0..255; grey ones are replicated where the column has
   *     colour kernels, colour ones become grey where it has grey kernels
   */
  public Activations forward(
      Ops tf, Parameters parameters, Operand<TFloat32> images, ImageShape image, Mode mode) {
    List<Operand<TFloat32>> maps = new ArrayList<>();
    Operand<TFloat32> x = input(tf, parameters, images, image); // [B, H, W, C]
    for (int stage = 0; stage < stages(); stage++) {
      StageOutput output = stage(tf, parameters, x, stage, image, mode);
      maps.addAll(output.maps());
      x = output.features(); // [B, H_s, W_s, C_s]
    }
    return head(tf, parameters, x, maps, image, mode);
  }

  /** Normalised images, as they enter the first stage; the arguments are {@link #forward}'s. */
  public Operand<TFloat32> input(
      Ops tf, Parameters parameters, Operand<TFloat32> images, ImageShape image) {
    Operand<TFloat32> unit = tf.math.mul(images, tf.constant(1f / 255));
    if (image.channels() < channels) {
      unit = tf.tile(unit, tf.constant(new int[] {1, 1, 1, channels}));
    } else if (image.channels() > channels) {
      unit = tf.sum(tf.math.mul(unit, tf.constant(LUMA)), tf.constant(3), Sum.keepDims(true));
    }
    return tf.math.div(
        tf.math.sub(unit, parameters.get(INPUT_MEAN)), parameters.get(INPUT_DEVIATION));
  }

  /**
   * Runs one stage.
   *
   * @param x what enters stage s, [B, H, W, C]
   * @param image shape of the images that entered the column
   */
  public StageOutput stage(
      Ops tf, Parameters parameters, Operand<TFloat32> x, int stage, ImageShape image, Mode mode) {
    return trunk.run(tf, parameters, x, entering(image, stage), stage, mode);
  }

  /**
   * Runs what follows the last stage: average pooling to the grid, the fully connected layers.
   *
   * @param x what leaves the last stage, [B, H, W, C]
   * @param maps of all stages, passed on
   * @param image shape of the images that entered the column
   */
  public Activations head(
      Ops tf,
      Parameters parameters,
      Operand<TFloat32> x,
      List<Operand<TFloat32>> maps,
      ImageShape image,
      Mode mode) {
    FeatureShape last = lastShape(image);
    Operand<TFloat32> features = grid.map(g -> g.pool(tf, x, last)).orElse(x); // [B, h, w, C]
    Operand<TFloat32> flat =
        tf.reshape(features, tf.constant(new long[] {-1, featureSize(image)})); // [B, h·w·C]
    List<Operand<TFloat32>> inputs = new ArrayList<>();
    List<Operand<TFloat32>> outputs = new ArrayList<>();
    fullyConnect(tf, parameters, flat, mode, inputs, outputs);
    return new Activations(maps, inputs, outputs);
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
