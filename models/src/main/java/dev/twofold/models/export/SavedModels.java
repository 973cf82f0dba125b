package dev.twofold.models.export;

import dev.twofold.models.Task;
import dev.twofold.models.TaskNetwork;
import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.Parameters;
import dev.twofold.models.layers.Weights;
import java.io.IOException;
import java.nio.file.Path;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * Writes a task's network as a SavedModel: tag {@code serve}, signature {@code serving_default},
 * {@code images} uint8 [n, height, width, channels] → {@code probabilities} float32 [n, classes].
 *
 * <p>The effective parameters (K̃, Ψ ⊙ W) are constants of the graph: tf-java's saver leaves
 * resource variables out, and ref variables are what this code avoids elsewhere.
 */
public final class SavedModels {

  public static final String SIGNATURE = "serving_default";
  public static final String INPUT = "images";
  public static final String OUTPUT = "probabilities";

  private SavedModels() {}

  /**
   * Writes one network.
   *
   * @param weights the task's effective parameters
   */
  public static void write(TaskNetwork network, Weights weights, Path directory)
      throws IOException {
    Task task = network.task();
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Placeholder<TUint8> images =
          tf.withName(INPUT)
              .placeholder(TUint8.class, Placeholder.shape(Backbone.batchShape(task.shape())));
      Operand<TFloat32> logits =
          network
              .forward()
              .run(tf, Parameters.constants(tf, weights), tf.dtypes.cast(images, TFloat32.class))
              .logits();
      Operand<TFloat32> probabilities = tf.withName(OUTPUT).nn.softmax(logits);
      Signature signature =
          Signature.builder(SIGNATURE)
              .methodName("tensorflow/serving/predict")
              .input(INPUT, images)
              .output(OUTPUT, probabilities)
              .build();
      SavedModelBundle.exporter(directory.toString())
          .withTags(SavedModelBundle.DEFAULT_TAG)
          .withSession(session)
          .withSignature(signature)
          .export();
    }
  }
}
