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
 * The convolutions of a ResNet, He et al. (CVPR 2016): the stem, then blocks, eqs. (1) and (2):
 *
 * <pre>
 * y = relu(F(x) + x)        F: two or three convolutions, each with batch norm, ReLU between them
 * y = relu(F(x) + W_s x)    where channels or size change; W_s: 1×1 with batch norm (option B)
 * </pre>
 *
 * Every convolution is followed by batch norm, whose β is all the bias it needs; in a pruned
 * network it has a bias instead, into which batch norm is folded. Last maps are averaged over all
 * positions, whatever their size, so that fully connected layers fit columns of every image size.
 */
final class ResNetTrunk implements Trunk {

  /** F, and W_s where there is one. */
  private record Block(List<Convolution> branch, Optional<Convolution> shortcut) {

    FeatureShape shape(FeatureShape entering) {
      FeatureShape shape = entering;
      for (Convolution convolution : branch) {
        shape = convolution.shape(shape);
      }
      return shape;
    }

    long multiplyAdds(FeatureShape entering) {
      long multiplyAdds =
          shortcut.map(convolution -> convolution.multiplyAdds(entering)).orElse(0L);
      FeatureShape shape = entering;
      for (Convolution convolution : branch) {
        multiplyAdds += convolution.multiplyAdds(shape);
        shape = convolution.shape(shape);
      }
      return multiplyAdds;
    }

    /** With fewer channels inside. */
    Block pruned(Map<String, Integer> channels) {
      List<Convolution> narrow = new ArrayList<>();
      int in = branch.get(0).in();
      for (Convolution layer : branch) {
        int out = channels.getOrDefault(layer.name(), layer.out());
        narrow.add(new Convolution(layer.name(), layer.size(), layer.stride(), in, out));
        in = out;
      }
      return new Block(List.copyOf(narrow), shortcut);
    }
  }

  private static final Grid AVERAGE = new Grid(1, 1);

  private final Stem stem;
  private final Convolution first;
  private final List<List<Block>> stages;
  private final boolean batchNorm;

  /**
   * A trunk.
   *
   * @param channels of the input
   */
  ResNetTrunk(ResNet network, Stem stem, int channels) {
    this.stem = stem;
    this.batchNorm = true;
    this.stages = new ArrayList<>();
    int in = ResNet.WIDTHS.get(0);
    this.first =
        stem == Stem.SMALL
            ? new Convolution("conv1", 3, 1, channels, in)
            : new Convolution("conv1", 7, 2, channels, in);
    for (int stage = 0; stage < network.blocks().size(); stage++) {
      List<Block> blocks = new ArrayList<>();
      for (int i = 1; i <= network.blocks().get(stage); i++) {
        String name = "conv%s_%s".formatted(stage + 2, i);
        int stride = stage > 0 && i == 1 ? 2 : 1;
        int width = ResNet.WIDTHS.get(stage);
        blocks.add(block(name, network, stride, in, width));
        in = width * network.expansion();
      }
      stages.add(List.copyOf(blocks));
    }
  }

  private ResNetTrunk(Stem stem, Convolution first, List<List<Block>> stages, boolean batchNorm) {
    this.stem = stem;
    this.first = first;
    this.stages = stages;
    this.batchNorm = batchNorm;
  }

  private static Block block(String name, ResNet network, int stride, int channels, int width) {
    List<Convolution> branch = new ArrayList<>();
    int in = channels;
    for (int i = 0; i < network.sizes().size(); i++) {
      int size = network.sizes().get(i);
      int out = i < network.sizes().size() - 1 ? width : width * network.expansion();
      int own = i == network.strided() ? stride : 1;
      branch.add(new Convolution("%s_%s".formatted(name, i + 1), size, own, in, out));
      in = out;
    }
    Optional<Convolution> shortcut =
        stride == 1 && channels == in
            ? Optional.empty()
            : Optional.of(new Convolution(name + "_shortcut", 1, stride, channels, in));
    return new Block(List.copyOf(branch), shortcut);
  }

  @Override
  public List<Convolution> convolutions(int stage) {
    List<Convolution> convolutions = new ArrayList<>();
    if (stage == 0) {
      convolutions.add(first);
    }
    for (Block block : stages.get(stage)) {
      convolutions.addAll(block.branch());
      block.shortcut().ifPresent(convolutions::add);
    }
    return List.copyOf(convolutions);
  }

  @Override
  public Map<String, long[]> shapes() {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    for (Convolution convolution : convolutions()) {
      shapes.put(convolution.kernel(), convolution.kernelShape());
      if (batchNorm) {
        shapes.putAll(BatchNorm.shapes(convolution.name(), convolution.out()));
      } else {
        shapes.put(convolution.bias(), new long[] {convolution.out()});
      }
    }
    return shapes;
  }

  @Override
  public int stages() {
    return stages.size();
  }

  /** Those inside a block. */
  @Override
  public Map<String, String> readers(String next) {
    Map<String, String> readers = new LinkedHashMap<>();
    for (Block block : stages.stream().flatMap(List::stream).toList()) {
      for (int i = 1; i < block.branch().size(); i++) {
        readers.put(block.branch().get(i - 1).name(), block.branch().get(i).name());
      }
    }
    return readers;
  }

  @Override
  public Trunk pruned(Map<String, Integer> channels) {
    List<List<Block>> narrow = new ArrayList<>();
    for (List<Block> stage : stages) {
      narrow.add(stage.stream().map(block -> block.pruned(channels)).toList());
    }
    return new ResNetTrunk(stem, first, narrow, false);
  }

  @Override
  public FeatureShape shape(FeatureShape entering, int stage) {
    FeatureShape shape = stage == 0 ? afterStem(entering) : entering;
    for (Block block : stages.get(stage)) {
      shape = block.shape(shape);
    }
    return shape;
  }

  private FeatureShape afterStem(FeatureShape image) {
    FeatureShape shape = first.shape(image);
    return stem == Stem.SMALL
        ? shape
        : new FeatureShape((shape.height() + 1) / 2, (shape.width() + 1) / 2, shape.channels());
  }

  @Override
  public long multiplyAdds(FeatureShape entering, int stage) {
    long multiplyAdds = stage == 0 ? first.multiplyAdds(entering) : 0;
    FeatureShape shape = stage == 0 ? afterStem(entering) : entering;
    for (Block block : stages.get(stage)) {
      multiplyAdds += block.multiplyAdds(shape);
      shape = block.shape(shape);
    }
    return multiplyAdds;
  }

  /** Global average pooling, at every image size. */
  @Override
  public Optional<Grid> grid(Optional<FeatureShape> lent) {
    return Optional.of(AVERAGE);
  }

  @Override
  public StageOutput run(
      Ops tf,
      Parameters parameters,
      Operand<TFloat32> x,
      FeatureShape entering,
      int stage,
      Mode mode) {
    List<Operand<TFloat32>> maps = new ArrayList<>();
    Operand<TFloat32> features = stage == 0 ? stem(tf, parameters, x, mode, maps) : x;
    for (Block block : stages.get(stage)) {
      features = block(tf, parameters, features, block, mode, maps);
    }
    return new StageOutput(features, maps);
  }

  private Operand<TFloat32> stem(
      Ops tf, Parameters p, Operand<TFloat32> images, Mode mode, List<Operand<TFloat32>> maps) {
    Operand<TFloat32> x = tf.nn.relu(normalised(tf, p, images, first, mode));
    maps.add(x);
    return stem == Stem.SMALL ? x : maxPool(tf, x);
  }

  /** Nothing is below 0 after a ReLU, so zeros around the maps never win. */
  private static Operand<TFloat32> maxPool(Ops tf, Operand<TFloat32> x) {
    return MaxPooling.apply(tf, Convolution.padded(tf, x, 1), 3, "VALID");
  }

  private Operand<TFloat32> block(
      Ops tf,
      Parameters p,
      Operand<TFloat32> x,
      Block block,
      Mode mode,
      List<Operand<TFloat32>> maps) {
    int last = block.branch().size() - 1;
    Operand<TFloat32> z = x;
    for (Convolution convolution : block.branch().subList(0, last)) {
      z = tf.nn.relu(normalised(tf, p, z, convolution, mode));
      maps.add(z);
    }
    Operand<TFloat32> f = normalised(tf, p, z, block.branch().get(last), mode); // F(x)
    Optional<Operand<TFloat32>> projected =
        block.shortcut().map(convolution -> normalised(tf, p, x, convolution, mode)); // W_s x
    Operand<TFloat32> y = tf.nn.relu(tf.math.add(f, projected.orElse(x)));
    maps.add(y);
    projected.ifPresent(maps::add);
    return y;
  }

  private Operand<TFloat32> normalised(
      Ops tf, Parameters p, Operand<TFloat32> x, Convolution convolution, Mode mode) {
    Operand<TFloat32> z = convolution.apply(tf, p, x); // [B, H, W, Cout]
    return batchNorm
        ? BatchNorm.apply(tf, p, z, convolution.name(), mode)
        : tf.nn.biasAdd(z, p.get(convolution.bias()));
  }
}
