package dev.twofold.models.export;

import java.nio.file.Path;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.ndarray.Shape;

/**
 * What one image costs an exported model: the multiply-adds of its convolutions and fully connected
 * layers. Of the products that average a column's last feature map to the auxiliary's grid, only
 * the size of their matrices is counted.
 */
public final class MultiplyAdds {

  private MultiplyAdds() {}

  /** Counts what leads to a signature's output. */
  public static long of(Path savedModel, String signature) {
    try (SavedModelBundle bundle =
        SavedModelBundle.load(savedModel.toString(), SavedModelBundle.DEFAULT_TAG)) {
      Graph graph = bundle.graph();
      String output =
          bundle
              .metaGraphDef()
              .getSignatureDefOrThrow(signature)
              .getOutputsOrThrow(SavedModels.OUTPUT)
              .getName();
      return graph.subgraphTo(Set.<Operand<?>>of(graph.outputOrThrow(output))).stream()
          .mapToLong(MultiplyAdds::of)
          .sum();
    }
  }

  private static long of(GraphOperation operation) {
    return switch (operation.type()) {
      case "Conv2D" -> {
        Shape out = operation.output(0).shape(); // [B, H, W, Cout]
        yield out.get(1) * out.get(2) * operation.input(1).shape().size();
      }
      case "MatMul" -> operation.input(1).shape().size();
      default -> 0;
    };
  }
}
