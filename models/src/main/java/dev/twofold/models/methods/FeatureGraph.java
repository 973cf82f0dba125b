package dev.twofold.models.methods;

import dev.twofold.models.Batch;
import dev.twofold.models.BatchSource;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Task;
import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.Mode;
import dev.twofold.models.layers.Parameters;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import dev.twofold.models.training.Auxiliary;
import dev.twofold.models.training.ColumnStart;
import dev.twofold.models.training.Normalisation;
import dev.twofold.models.training.Start;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ejml.data.DMatrixRMaj;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * The vectors x of a task's images, as a graph, so that what is fitted to and what is exported
 * compute alike.
 *
 * @param size d_t
 * @param weights that the graph reads
 */
record FeatureGraph(Task task, int size, Weights weights, Extraction extraction) {

  private static final int BATCH = 256;
  private static final String HEAD_KERNEL = Backbone.HEAD + "/kernel";
  private static final String HEAD_BIAS = Backbone.HEAD + "/bias";

  /** A graph of x. */
  @FunctionalInterface
  interface Extraction {
    /**
     * Computes x, [B, d_t].
     *
     * @param images float32 [B, H, W, C] in 0..255
     */
    Operand<TFloat32> run(Ops tf, Parameters parameters, Operand<TFloat32> images);
  }

  /**
   * Images with their labels.
   *
   * @param x [n, d_t]
   * @param labels [n]
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  record Sample(DMatrixRMaj x, int[] labels) {}

  /** The pixels at working size, normalised a channel. */
  static FeatureGraph pixels(BatchSource training) {
    Task task = training.task();
    Normalisation normalisation = Normalisation.of(training);
    long[] channels = {task.shape().channels()};
    Weights weights = new Weights();
    weights.put(Backbone.INPUT_MEAN, new Weight(channels, normalisation.mean()));
    weights.put(Backbone.INPUT_DEVIATION, new Weight(channels, normalisation.deviation()));
    int size = task.shape().size();
    return new FeatureGraph(
        task,
        size,
        weights,
        (tf, p, images) ->
            tf.reshape(
                tf.math.div(
                    tf.math.sub(
                        tf.math.mul(images, tf.constant(1f / 255)), p.get(Backbone.INPUT_MEAN)),
                    p.get(Backbone.INPUT_DEVIATION)),
                tf.constant(new int[] {-1, size})));
  }

  /** What enters the auxiliary network's first fully connected layer. */
  static FeatureGraph auxiliary(
      BatchSource training, Auxiliary auxiliary, BackboneSettings settings) {
    Task task = training.task();
    ColumnStart start =
        new ColumnStart(
            new Start(
                Start.From.AUXILIARY, Start.ScratchSeed.PER_TASK, Start.HeadStart.RANDOM, null),
            Optional.of(auxiliary),
            Optional.empty(),
            0);
    Backbone trunk =
        new Backbone(
            new BackboneSettings(
                settings.name(), settings.vgg(), List.of(), settings.batchNorm(), settings.stem()),
            task.shape().channels(),
            start.gridOf());
    Map<String, long[]> shapes = trunk.shapes(task.shape(), 1);
    int size = (int) shapes.get(HEAD_KERNEL)[0];
    shapes.keySet().removeIf(Backbone::isFullyConnected);
    Weights weights = start.column(task.name(), shapes, Normalisation.of(training), Map.of());
    return new FeatureGraph(
        task,
        size,
        weights,
        (tf, p, images) ->
            trunk
                .forward(tf, headed(tf, p, size), images, task.shape(), Mode.PREDICTION)
                .inputs()
                .get(0));
  }

  /** A backbone ends in a head; nothing reads what this one gives. */
  private static Parameters headed(Ops tf, Parameters trunk, long size) {
    Map<String, Operand<TFloat32>> headed = new LinkedHashMap<>(trunk.all());
    headed.put(HEAD_KERNEL, tf.zeros(tf.constant(new long[] {size, 1}), TFloat32.class));
    headed.put(HEAD_BIAS, tf.zeros(tf.constant(new long[] {1}), TFloat32.class));
    return new Parameters(headed);
  }

  /**
   * All images of a source.
   *
   * @throws IllegalArgumentException when they have more numbers than an array holds
   */
  Sample read(BatchSource source, int threads) {
    if ((long) source.size() * size > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "Too much data of task %s for a closed form: %d images of %d features (must be at most %d numbers: lower size or limit of its dataset, or read features: auxiliary)"
              .formatted(task.name(), source.size(), size, Integer.MAX_VALUE));
    }
    DMatrixRMaj x = new DMatrixRMaj(source.size(), size);
    int[] labels = new int[source.size()];
    try (Graph graph = new Graph();
        Session session = new Session(graph, configuration(threads))) {
      Ops tf = Ops.create(graph);
      Placeholder<TUint8> pixels =
          tf.placeholder(TUint8.class, Placeholder.shape(Backbone.batchShape(task.shape())));
      Operand<TFloat32> features =
          extraction.run(
              tf, Parameters.constants(tf, weights), tf.dtypes.cast(pixels, TFloat32.class));
      for (int from = 0; from < source.size(); from += BATCH) {
        Batch batch = source.inOrder(from, Math.min(source.size(), from + BATCH));
        System.arraycopy(batch.labels(), 0, labels, from, batch.size());
        try (TUint8 fed = tensor(batch);
            Result result = session.runner().feed(pixels.asOutput(), fed).fetch(features).run()) {
          copy((TFloat32) result.get(0), x, from);
        }
      }
    }
    return new Sample(x, labels);
  }

  private static ConfigProto configuration(int threads) {
    return ConfigProto.newBuilder()
        .setIntraOpParallelismThreads(threads)
        .setInterOpParallelismThreads(1)
        .build();
  }

  private TUint8 tensor(Batch batch) {
    ImageShape shape = task.shape();
    return TUint8.tensorOf(
        Shape.of(batch.size(), shape.height(), shape.width(), shape.channels()),
        DataBuffers.of(batch.pixels()));
  }

  private void copy(TFloat32 features, DMatrixRMaj x, int row) {
    float[] values = new float[Math.toIntExact(features.size())];
    features.copyTo(DataBuffers.of(values));
    for (int i = 0; i < values.length; i++) {
      x.set(row * size + i, values[i]);
    }
  }
}
