package dev.twofold.models.export;

import dev.twofold.models.TaskNetwork;
import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.Parameters;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Signature signature = signature(tf, SIGNATURE, network, Parameters.constants(tf, weights));
      export(session, directory, signature);
    }
  }

  /**
   * Writes the networks of a merged unit as one model with a signature for each task, named like
   * it. A bank of kernels is stored once, and each network gathers its own.
   *
   * @param networks in the order of the merged columns
   */
  public static void write(List<TaskNetwork> networks, MergedKernels merged, Path directory)
      throws IOException {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      List<Operand<TFloat32>> banks =
          merged.layers().stream().map(layer -> constant(tf, layer.bank())).toList();
      List<Signature> signatures = new ArrayList<>();
      for (int t = 0; t < networks.size(); t++) {
        Map<String, Operand<TFloat32>> parameters =
            new LinkedHashMap<>(Parameters.constants(tf, merged.own(t)).all());
        for (int l = 0; l < banks.size(); l++) {
          MergedKernels.Layer layer = merged.layers().get(l);
          int[] index = layer.index().get(t);
          if (index != null) {
            parameters.put(
                layer.name() + "/kernel",
                tf.gather(banks.get(l), tf.constant(index), tf.constant(3)));
          }
        }
        TaskNetwork network = networks.get(t);
        signatures.add(signature(tf, network.task().name(), network, new Parameters(parameters)));
      }
      export(session, directory, signatures.toArray(Signature[]::new));
    }
  }

  private static Signature signature(
      Ops tf, String name, TaskNetwork network, Parameters parameters) {
    Placeholder<TUint8> images =
        tf.withName(INPUT)
            .placeholder(
                TUint8.class, Placeholder.shape(Backbone.batchShape(network.task().shape())));
    Operand<TFloat32> logits =
        network.forward().run(tf, parameters, tf.dtypes.cast(images, TFloat32.class)).logits();
    return Signature.builder(name)
        .methodName("tensorflow/serving/predict")
        .input(INPUT, images)
        .output(OUTPUT, tf.withName(OUTPUT).nn.softmax(logits))
        .build();
  }

  private static void export(Session session, Path directory, Signature... signatures)
      throws IOException {
    SavedModelBundle.exporter(directory.toString())
        .withTags(SavedModelBundle.DEFAULT_TAG)
        .withSession(session)
        .withSignatures(signatures)
        .export();
  }

  private static Operand<TFloat32> constant(Ops tf, Weight weight) {
    return tf.reshape(tf.constant(weight.values()), tf.constant(weight.shape()));
  }
}
