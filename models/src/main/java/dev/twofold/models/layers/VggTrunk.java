package dev.twofold.models.layers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Convolutions 3×3 with "same" padding, batch normalisation where set, ReLU; 2×2 max pooling, which
 * ends a stage.
 */
final class VggTrunk implements Trunk {

  /** Convolutions, and the pooling after them; only the last block may lack it. */
  private record Block(List<Convolution> convolutions, boolean pooled) {}

  private final List<Block> blocks = new ArrayList<>();
  private final boolean batchNorm;

  /**
   * A trunk.
   *
   * @param layers output channels of each convolution, {@link Vgg#POOL} for a pooling
   * @param channels of the input
   */
  VggTrunk(List<Integer> layers, int channels, boolean batchNorm) {
    this.batchNorm = batchNorm;
    List<Convolution> block = new ArrayList<>();
    int in = channels;
    for (int out : layers) {
      if (out == Vgg.POOL) {
        blocks.add(new Block(List.copyOf(block), true));
        block.clear();
      } else {
        String name = "conv%s_%s".formatted(blocks.size() + 1, block.size() + 1);
        block.add(new Convolution(name, in, out));
        in = out;
      }
    }
    if (!block.isEmpty()) {
      blocks.add(new Block(List.copyOf(block), false));
    }
  }

  @Override
  public List<Convolution> convolutions(int stage) {
    return blocks.get(stage).convolutions();
  }

  @Override
  public Map<String, long[]> shapes() {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    for (Convolution convolution : convolutions()) {
      shapes.put(convolution.kernel(), convolution.kernelShape());
      shapes.put(convolution.bias(), new long[] {convolution.out()});
      if (batchNorm) {
        shapes.putAll(BatchNorm.shapes(convolution.name(), convolution.out()));
      }
    }
    return shapes;
  }

  @Override
  public int stages() {
    return blocks.size();
  }

  @Override
  public Map<String, String> readers(String next) {
    Map<String, String> readers = new LinkedHashMap<>();
    List<Convolution> convolutions = convolutions();
    for (int l = 1; l < convolutions.size(); l++) {
      readers.put(convolutions.get(l - 1).name(), convolutions.get(l).name());
    }
    readers.put(convolutions.get(convolutions.size() - 1).name(), next);
    return readers;
  }

  @Override
  public Trunk pruned(Map<String, Integer> channels) {
    List<Integer> layers = new ArrayList<>();
    for (Block block : blocks) {
      for (Convolution convolution : block.convolutions()) {
        layers.add(channels.getOrDefault(convolution.name(), convolution.out()));
      }
      if (block.pooled()) {
        layers.add(Vgg.POOL);
      }
    }
    return new VggTrunk(layers, convolutions().get(0).in(), false);
  }

  @Override
  public boolean pools(int stage) {
    return blocks.get(stage).pooled();
  }

  @Override
  public FeatureShape shape(FeatureShape entering, int stage) {
    Block block = blocks.get(stage);
    FeatureShape shape = entering;
    for (Convolution convolution : block.convolutions()) {
      shape = convolution.shape(shape);
    }
    return block.pooled() ? halved(shape) : shape;
  }

  /** A pooling drops an odd last row or column, but a map of one row or column stays as it is. */
  private static FeatureShape halved(FeatureShape shape) {
    int odd = isPoolable(shape) ? 0 : 1;
    return new FeatureShape(
        (shape.height() + odd) / 2, (shape.width() + odd) / 2, shape.channels());
  }

  private static boolean isPoolable(FeatureShape shape) {
    return shape.height() > 1 && shape.width() > 1;
  }

  @Override
  public StageOutput run(
      Ops tf,
      Parameters parameters,
      Operand<TFloat32> x,
      FeatureShape entering,
      int stage,
      Mode mode) {
    Block block = blocks.get(stage);
    List<Operand<TFloat32>> maps = new ArrayList<>();
    Operand<TFloat32> features = x;
    for (Convolution convolution : block.convolutions()) {
      features = convolve(tf, parameters, features, convolution, mode);
      maps.add(features);
    }
    if (block.pooled()) {
      features = MaxPooling.apply(tf, features, 2, isPoolable(entering) ? "VALID" : "SAME");
    }
    return new StageOutput(features, maps);
  }

  @Override
  public long multiplyAdds(FeatureShape entering, int stage) {
    long multiplyAdds = 0;
    FeatureShape shape = entering;
    for (Convolution convolution : blocks.get(stage).convolutions()) {
      multiplyAdds += convolution.multiplyAdds(shape);
      shape = convolution.shape(shape);
    }
    return multiplyAdds;
  }

  @Override
  public Optional<Grid> grid(Optional<FeatureShape> lent) {
    return lent.map(shape -> new Grid(shape.height(), shape.width()));
  }

  private Operand<TFloat32> convolve(
      Ops tf, Parameters p, Operand<TFloat32> x, Convolution convolution, Mode mode) {
    Operand<TFloat32> z =
        tf.nn.biasAdd(convolution.apply(tf, p, x), p.get(convolution.bias())); // [B, H, W, Cout]
    if (batchNorm) {
      z = BatchNorm.apply(tf, p, z, convolution.name(), mode);
    }
    return tf.nn.relu(z);
  }
}
