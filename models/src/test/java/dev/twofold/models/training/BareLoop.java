package dev.twofold.models.training;

import dev.twofold.models.layers.Net;
import dev.twofold.models.layers.Role;
import dev.twofold.models.layers.Variable;
import dev.twofold.models.layers.Weights.Weight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.types.TFloat32;

/**
 * The least that can train a VGG in TensorFlow for Java, as a yardstick for the training loop: one
 * batch that stays in memory, cross-entropy, gradients, momentum; no augmentation, clipping, decay,
 * dropout or observer.
 */
final class BareLoop implements AutoCloseable {
  private static final int CLASSES = 9;

  private final Net net = new Net();
  private final Ops tf = net.tf();
  private final List<Variable> variables = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(1);
  private final Placeholder<TFloat32> images;
  private final Placeholder<TFloat32> labels;
  private final List<Op> updates = new ArrayList<>();
  private final Session session;

  /**
   * Builds the network.
   *
   * @param layers as {@code vgg} of a configuration has them, with five poolings
   */
  BareLoop(List<String> layers, int side, ConfigProto configuration) {
    images = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, side, side, 3)));
    labels = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, CLASSES)));
    Operand<TFloat32> loss =
        tf.math.mean(
            tf.nn.softmaxCrossEntropyWithLogits(logits(layers, side), labels).loss(),
            tf.constant(0));
    Output<?>[] values =
        variables.stream().map(v -> v.value().asOutput()).toArray(Output<?>[]::new);
    Output<?>[] gradients = net.graph().addGradients(loss.asOutput(), values);
    for (int i = 0; i < gradients.length; i++) {
      updates.add(momentum(variables.get(i), gradients[i]));
    }
    session = new Session(net.graph(), configuration);
    net.initialise(session);
  }

  /** As the training loop's session, so that only the loops differ. */
  static ConfigProto configuration(int threads, RewriterConfig.Toggle bfloat16) {
    ConfigProto.Builder configuration =
        ConfigProto.newBuilder()
            .setIntraOpParallelismThreads(threads)
            .setInterOpParallelismThreads(1);
    configuration
        .getGraphOptionsBuilder()
        .getRewriteOptionsBuilder()
        .setAutoMixedPrecisionOnednnBfloat16(bfloat16);
    return configuration.build();
  }

  private Operand<TFloat32> logits(List<String> layers, int side) {
    Operand<TFloat32> x = images; // [B, side, side, 3]
    int in = 3;
    for (String layer : layers) {
      if (layer.equals("M")) {
        x = pooled(x);
      } else {
        int out = Integer.parseInt(layer);
        Operand<TFloat32> z =
            tf.nn.conv2d(x, variable(3, 3, in, out), List.of(1L, 1L, 1L, 1L), "SAME");
        x = tf.nn.relu(tf.nn.biasAdd(z, variable(out)));
        in = out;
      }
    }
    int features = (side / 32) * (side / 32) * in;
    x = tf.reshape(x, tf.constant(new int[] {-1, features}));
    x = tf.nn.relu(connected(x, features, 256));
    x = tf.nn.relu(connected(x, 256, 256));
    return connected(x, 256, CLASSES); // [B, 9]
  }

  private Operand<TFloat32> pooled(Operand<TFloat32> x) {
    int[] window = {1, 2, 2, 1};
    return tf.nn.maxPool(x, tf.constant(window), tf.constant(window), "VALID");
  }

  private Operand<TFloat32> connected(Operand<TFloat32> x, int in, int out) {
    return tf.nn.biasAdd(tf.linalg.matMul(x, variable(in, out)), variable(out));
  }

  /** He's start for kernels and matrices, zeros for biases. */
  private Operand<TFloat32> variable(long... shape) {
    int size = (int) Arrays.stream(shape).reduce(1, Math::multiplyExact);
    float[] values = new float[size];
    double deviation = Math.sqrt(2.0 * shape[shape.length - 1] / size);
    for (int i = 0; shape.length > 1 && i < size; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    Variable variable =
        net.variable("bare" + variables.size(), Role.KERNEL, new Weight(shape, values));
    variables.add(variable);
    return variable.value();
  }

  @SuppressWarnings("unchecked")
  private Op momentum(Variable variable, Output<?> gradient) {
    return tf.train.resourceApplyMomentum(
        variable.handle(),
        net.state(variable.name() + "/momentum", variable.shape()).handle(),
        tf.constant(0.001f),
        (Output<TFloat32>) gradient,
        tf.constant(0.9f));
  }

  /** Images a second over these steps, after some that are not counted. */
  double imagesPerSecond(int side, int batch, int warmUp, int steps) {
    float[] truth = new float[batch * CLASSES];
    for (int i = 0; i < batch; i++) {
      truth[i * CLASSES + i % CLASSES] = 1;
    }
    try (TFloat32 pixels = TFloat32.tensorOf(Shape.of(batch, side, side, 3));
        TFloat32 oneHot = tensor(batch, truth)) {
      run(warmUp, pixels, oneHot);
      long begin = System.nanoTime();
      run(steps, pixels, oneHot);
      return batch * steps * 1e9 / (System.nanoTime() - begin);
    }
  }

  private static TFloat32 tensor(int batch, float[] truth) {
    return TFloat32.tensorOf(Shape.of(batch, CLASSES), DataBuffers.of(truth));
  }

  private void run(int steps, TFloat32 pixels, TFloat32 oneHot) {
    for (int step = 0; step < steps; step++) {
      Session.Runner runner = session.runner().feed(images, pixels).feed(labels, oneHot);
      updates.forEach(runner::addTarget);
      runner.run().close();
    }
  }

  @Override
  public void close() {
    session.close();
    net.close();
  }
}
