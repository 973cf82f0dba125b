package dev.twofold.models.export;

import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.BatchNorm;
import dev.twofold.models.layers.Convolution;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network without the channels whose whole kernel is zero, such as DAMTL's masks leave: the same
 * function with fewer multiply-adds.
 *
 * <p>Such a channel emits relu(b) everywhere. Where one layer alone reads it (in a VGG always, in a
 * ResNet inside the blocks), it goes with the weights that read it. If that layer pads nothing, as
 * a 1×1 convolution or a fully connected one, its bias takes up relu(b) times these weights. "Same"
 * padding makes a constant differ at the border, so that no bias could stand for it: there the
 * channel goes where relu(b) is 0. A layer keeps one channel at least. Batch normalisation is
 * folded into kernels and biases before.
 *
 * @param backbone with as many channels a layer as are left
 * @param weights by the backbone's names
 * @param layers what became of each convolution layer
 */
public record PrunedNetwork(Backbone backbone, Weights weights, List<Layer> layers) {

  /**
   * One convolution layer.
   *
   * @param kept channels that are left
   * @param channels that there were
   */
  public record Layer(String name, int kept, int channels) {}

  public PrunedNetwork {
    layers = List.copyOf(layers);
  }

  /**
   * Prunes.
   *
   * @param weights effective parameters of one column: Ψ ⊙ W
   */
  public static PrunedNetwork of(Backbone backbone, Weights weights) {
    return new Pruning(backbone, weights).run();
  }

  private static final class Pruning {
    private final Backbone backbone;
    private final Map<String, Weight> weights;
    private final List<Layer> layers = new ArrayList<>();

    Pruning(Backbone backbone, Weights from) {
      this.backbone = backbone;
      this.weights = new LinkedHashMap<>(BatchNorm.folded(backbone.convolutions(), from).all());
    }

    PrunedNetwork run() {
      Map<String, String> readers = backbone.readers();
      Map<String, Integer> left = new LinkedHashMap<>();
      for (Convolution layer : backbone.convolutions()) {
        if (readers.containsKey(layer.name())) {
          left.put(layer.name(), prune(layer, readers.get(layer.name())));
        }
        int kept = left.getOrDefault(layer.name(), layer.out());
        layers.add(new Layer(layer.name(), kept, layer.out()));
      }
      Weights pruned = new Weights();
      weights.forEach(pruned::put);
      return new PrunedNetwork(backbone.pruned(left), pruned, layers);
    }

    /** Returns the number of channels that are left. */
    private int prune(Convolution layer, String reader) {
      // Without the weights of channels that are gone: what read no others is zero itself.
      Weight kernel = weights.get(layer.kernel()); // [kh, kw, kept, Cout]
      Weight bias = weights.get(layer.bias()); // [Cout]
      int[] kept = kept(kernel, bias, pads(weights.get(reader + "/kernel")));
      weights.put(layer.kernel(), Channels.keep(kernel, 3, kept));
      weights.put(layer.bias(), Channels.keep(bias, 0, kept));
      fold(reader, bias.values(), kept);
      cut(reader, bias.values().length, kept);
      return kept.length;
    }

    private static boolean pads(Weight kernel) {
      return kernel.shape().length == 4 && kernel.shape()[0] > 1;
    }

    private static int[] kept(Weight kernel, Weight bias, boolean padded) {
      int[] kept =
          Arrays.stream(Channels.all(bias.values().length))
              .filter(c -> !Channels.isZero(kernel, c) || (padded && bias.values()[c] > 0))
              .toArray();
      return kept.length == 0 ? new int[] {0} : kept;
    }

    /**
     * Adds what the channels that go emit, times the weights that read it, to the reader's bias.
     */
    private void fold(String reader, float[] biases, int[] kept) {
      Weight kernel = weights.get(reader + "/kernel");
      Weight bias = weights.get(reader + "/bias"); // [out]
      int out = bias.values().length;
      int positions = kernel.values().length / (biases.length * out);
      double[] sum = new double[out];
      for (int c = 0; c < biases.length; c++) {
        double emitted = Arrays.binarySearch(kept, c) < 0 ? Math.max(0, biases[c]) : 0;
        for (int p = 0; emitted > 0 && p < positions; p++) {
          for (int o = 0; o < out; o++) {
            sum[o] += emitted * kernel.values()[(p * biases.length + c) * out + o];
          }
        }
      }
      float[] folded = bias.values().clone();
      for (int o = 0; o < out; o++) {
        folded[o] += (float) sum[o];
      }
      weights.put(reader + "/bias", new Weight(bias.shape(), folded));
    }

    /** The reader's kernel is [kh, kw, channels, out], or a matrix [h·w·channels, out]. */
    private void cut(String reader, int channels, int[] kept) {
      Weight kernel = weights.get(reader + "/kernel");
      long[] shape = kernel.shape().clone();
      int axis = shape.length - 2;
      long out = shape[axis + 1];
      long positions = kernel.values().length / (channels * out);
      Weight byPosition = new Weight(new long[] {positions, channels, out}, kernel.values());
      shape[axis] = shape[axis] / channels * kept.length;
      weights.put(
          reader + "/kernel", new Weight(shape, Channels.keep(byPosition, 1, kept).values()));
    }
  }
}
