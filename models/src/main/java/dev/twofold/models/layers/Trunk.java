package dev.twofold.models.layers;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The convolution layers of a backbone, in stages s = 0, 1, … */
interface Trunk {

  /** A stage's convolution layers, in the order in which they run. */
  List<Convolution> convolutions(int stage);

  /** Those of all stages. */
  default List<Convolution> convolutions() {
    return IntStream.range(0, stages()).mapToObj(this::convolutions).flatMap(List::stream).toList();
  }

  /** Shapes of the parameters by name, in the order in which they are used. */
  Map<String, long[]> shapes();

  int stages();

  /**
   * Name of the layer that alone reads a convolution's channels, by the convolution's name, where
   * there is one.
   *
   * @param next reads the last feature map
   */
  Map<String, String> readers(String next);

  /**
   * The same with fewer channels, and batch normalisation folded into kernels and biases.
   *
   * @param channels left of convolutions that one layer alone reads, by name; others keep theirs
   */
  Trunk pruned(Map<String, Integer> channels);

  /** Whether a pooling, or what stands for one, ends a stage: columns may mix behind it. */
  default boolean pools(int stage) {
    return true;
  }

  /** What a stage makes of features of this shape. */
  FeatureShape shape(FeatureShape entering, int stage);

  /** Multiply-adds of a stage's convolutions on features of this shape. */
  long multiplyAdds(FeatureShape entering, int stage);

  /**
   * The grid that last feature maps are average-pooled to, if to any.
   *
   * @param lent last feature map of the network whose fully connected layers the column takes over
   */
  Optional<Grid> grid(Optional<FeatureShape> lent);

  /**
   * Runs one stage.
   *
   * @param x [B, H, W, C], of shape {@code entering}
   */
  StageOutput run(
      Ops tf,
      Parameters parameters,
      Operand<TFloat32> x,
      FeatureShape entering,
      int stage,
      Mode mode);
}
