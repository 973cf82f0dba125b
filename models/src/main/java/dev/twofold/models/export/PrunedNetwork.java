package dev.twofold.models.export;

import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.BatchNorm;
import dev.twofold.models.layers.Convolution;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A network without the channels whose whole kernel is zero, such as DAMTL's masks leave: the same
 * function with fewer multiply-adds.
 *
 * <p>Such a channel emits relu(b) everywhere. It goes, with the next layer's weights that read it,
 * where that is 0; "same" padding makes anything else differ at the border, so that no bias could
 * stand for it. After the last convolution nothing is padded: there it goes whatever b is, and the
 * first fully connected layer's bias takes up relu(b) times the weights that read it. A layer keeps
 * one channel at least. Batch normalisation is folded into kernels and biases before.
 *
 * @param backbone with as many channels a layer as are left
 * @param weights by the backbone's names
 * @param layers what became of each convolution layer
 */
public record PrunedNetwork(BackboneSettings backbone, Weights weights, List<Layer> layers) {

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
   * @throws IllegalArgumentException with a ResNet, whose shortcuts add channels to each other
   */
  public static PrunedNetwork of(BackboneSettings backbone, Weights weights) {
    if (backbone.residual()) {
      throw new IllegalArgumentException(
          "Cannot prune %s: its shortcuts add the channels of different layers to each other, so none"
                  .formatted(backbone.name())
              + " can go alone (must be a VGG backbone)");
    }
    return new Pruning(backbone, weights).run();
  }

  private static final class Pruning {
    private final BackboneSettings backbone;
    private final List<Convolution> convolutions;
    private final String firstConnected;
    private final Weights from;
    private final Map<String, Weight> changed = new LinkedHashMap<>();
    private final List<Layer> layers = new ArrayList<>();

    Pruning(BackboneSettings backbone, Weights from) {
      this.backbone = backbone;
      Backbone names = new Backbone(backbone, 1, Optional.empty());
      this.convolutions = names.convolutions();
      this.from = backbone.batchNorm() ? BatchNorm.folded(convolutions, from) : from;
      this.firstConnected = names.fullyConnected().get(0);
    }

    PrunedNetwork run() {
      int channels = (int) from.get(convolutions.get(0).kernel()).shape()[2];
      int[] read = Channels.all(channels);
      for (int l = 0; l < convolutions.size(); l++) {
        Convolution layer = convolutions.get(l);
        boolean last = l == convolutions.size() - 1;
        // What only read channels that are gone is zero itself.
        Weight kernel = Channels.keep(from.get(layer.kernel()), 2, read); // [3, 3, kept, Cout]
        Weight bias = from.get(layer.bias()); // [Cout]
        read = kept(kernel, bias, last);
        changed.put(layer.kernel(), Channels.keep(kernel, 3, read));
        changed.put(layer.bias(), Channels.keep(bias, 0, read));
        layers.add(new Layer(layer.name(), read.length, bias.values().length));
        if (last) {
          connect(kernel, bias, read);
        }
      }
      Weights weights = new Weights();
      from.all().forEach((name, weight) -> weights.put(name, changed.getOrDefault(name, weight)));
      return new PrunedNetwork(
          backbone.pruned(layers.stream().map(Layer::kept).toList()), weights, layers);
    }

    private static int[] kept(Weight kernel, Weight bias, boolean last) {
      int[] kept =
          Arrays.stream(Channels.all(bias.values().length))
              .filter(c -> !Channels.isZero(kernel, c) || (!last && bias.values()[c] > 0))
              .toArray();
      return kept.length == 0 ? new int[] {0} : kept;
    }

    /** The first fully connected layer: its inputs are [h·w·Cout], channels last. */
    private void connect(Weight kernel, Weight bias, int[] kept) {
      int channels = bias.values().length;
      Weight matrix = from.get(firstConnected + "/kernel");
      int out = (int) matrix.shape()[1];
      long positions = matrix.shape()[0] / channels;
      Weight byPosition = new Weight(new long[] {positions, channels, out}, matrix.values());
      Weight left = Channels.keep(byPosition, 1, kept);
      changed.put(
          firstConnected + "/kernel",
          new Weight(new long[] {positions * kept.length, out}, left.values()));

      Weight own = from.get(firstConnected + "/bias");
      double[] sum = new double[out];
      for (int c = 0; c < channels; c++) {
        boolean gone = Arrays.binarySearch(kept, c) < 0;
        float emitted = gone && Channels.isZero(kernel, c) ? Math.max(0, bias.values()[c]) : 0;
        for (int p = 0; emitted > 0 && p < positions; p++) {
          for (int o = 0; o < out; o++) {
            sum[o] += (double) emitted * matrix.values()[(p * channels + c) * out + o];
          }
        }
      }
      float[] folded = own.values().clone();
      for (int o = 0; o < out; o++) {
        folded[o] += (float) sum[o];
      }
      changed.put(firstConnected + "/bias", new Weight(own.shape(), folded));
    }
  }
}
