package dev.twofold.models.training;

import dev.twofold.models.EnumNames;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Randomness;
import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.Role;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/** The weights of a column before the first step. */
public final class ColumnStart {
  private final Start start;
  private final Optional<Auxiliary> auxiliary;
  private final Optional<Weights> file;
  private final long seed;

  /**
   * A start.
   *
   * @param auxiliary present where the start, or the method, needs the auxiliary network
   * @param file present for {@code start: file}: arrays by the backbone's names
   */
  public ColumnStart(
      Start start, Optional<Auxiliary> auxiliary, Optional<Weights> file, long seed) {
    this.start = start;
    this.auxiliary = auxiliary;
    this.file = file;
    this.seed = seed;
  }

  public Optional<Auxiliary> auxiliary() {
    return auxiliary;
  }

  /** Image shape whose grid the columns are pooled to: the auxiliary's where they start from it. */
  public Optional<ImageShape> gridOf() {
    return start.from() == Start.From.AUXILIARY
        ? auxiliary.map(network -> network.task().shape())
        : Optional.empty();
  }

  /**
   * The statistics that normalise a column's input: those of the network that it starts from, its
   * own where it starts from none, or from a file without any.
   */
  private Normalisation normalisation(Normalisation own) {
    Optional<Weights> from =
        switch (start.from()) {
          case SCRATCH -> Optional.empty();
          case AUXILIARY -> auxiliary.map(Auxiliary::weights);
          case FILE -> file.filter(weights -> weights.has(Backbone.INPUT_MEAN));
        };
    return from.map(ColumnStart::normalisation).orElse(own);
  }

  private static Normalisation normalisation(Weights weights) {
    return new Normalisation(
        weights.get(Backbone.INPUT_MEAN).values(), weights.get(Backbone.INPUT_DEVIATION).values());
  }

  /**
   * A column's parameters.
   *
   * @param owner whose random numbers it draws: the task's name, or {@code trunk}
   * @param shapes of the backbone's parameters, in the order in which the column uses them
   * @param labels auxiliary label of each covered label of the column's head
   */
  public Weights column(
      String owner, Map<String, long[]> shapes, Normalisation own, Map<Integer, Integer> labels) {
    Weights weights = new Weights();
    Normalisation normalisation = normalisation(own);
    Set<String> unfit = start.from() == Start.From.FILE ? unfit(shapes) : Set.of();
    shapes.forEach(
        (name, shape) ->
            weights.put(
                name,
                unfit.contains(name)
                    ? random(owner, name, shape)
                    : parameter(owner, name, shape, normalisation, labels)));
    return weights;
  }

  private Weight parameter(
      String owner,
      String name,
      long[] shape,
      Normalisation normalisation,
      Map<Integer, Integer> labels) {
    if (name.equals(Backbone.INPUT_MEAN)) {
      return new Weight(shape, normalisation.forChannels((int) shape[0]).mean());
    }
    if (name.equals(Backbone.INPUT_DEVIATION)) {
      return new Weight(shape, normalisation.forChannels((int) shape[0]).deviation());
    }
    if (name.startsWith(Backbone.HEAD + "/")) {
      return head(owner, name, shape, labels);
    }
    return switch (start.from()) {
      case SCRATCH -> random(owner, name, shape);
      case AUXILIARY -> fitted(name, auxiliary.orElseThrow().weights().get(name), shape);
      case FILE -> fitted(name, file.orElseThrow().get(name), shape);
    };
  }

  /**
   * Kernels and biases of the hidden fully connected layers that start at random: public weights
   * for another image size have another first one, and those behind it were trained on what that
   * one emits.
   */
  private Set<String> unfit(Map<String, long[]> shapes) {
    Set<String> unfit = new LinkedHashSet<>();
    shapes.forEach(
        (name, shape) -> {
          if (Backbone.isFullyConnected(name)
              && !name.startsWith(Backbone.HEAD + "/")
              && (!unfit.isEmpty() || (name.endsWith("/kernel") && !fits(name, shape)))) {
            unfit.add(name);
          }
        });
    return unfit;
  }

  private boolean fits(String name, long[] shape) {
    Weights weights = file.orElseThrow();
    return weights.has(name) && Arrays.equals(weights.get(name).shape(), shape);
  }

  /** A grey column's first kernels are the colour ones summed over their input channels. */
  private static Weight fitted(String name, Weight weight, long[] shape) {
    if (Arrays.equals(weight.shape(), shape)) {
      return new Weight(shape, weight.values().clone());
    }
    long[] from = weight.shape();
    if (from.length == 4 && Arrays.equals(shape, new long[] {from[0], from[1], 1, from[3]})) {
      return new Weight(shape, summedOverInput(weight));
    }
    throw new IllegalArgumentException(
        "Invalid start of %s: shape %s (must be %s as in the backbone)"
            .formatted(name, Arrays.toString(from), Arrays.toString(shape)));
  }

  private static float[] summedOverInput(Weight weight) {
    int in = (int) weight.shape()[2];
    int out = (int) weight.shape()[3];
    int positions = weight.values().length / (in * out);
    float[] sum = new float[positions * out];
    for (int p = 0; p < positions; p++) {
      for (int i = 0; i < in; i++) {
        for (int o = 0; o < out; o++) {
          sum[p * out + o] += weight.values()[(p * in + i) * out + o];
        }
      }
    }
    return sum;
  }

  private Weight head(String owner, String name, long[] shape, Map<Integer, Integer> labels) {
    Weight head = random(owner, name, shape);
    if (start.headStart() == Start.HeadStart.LABEL_MAP && auxiliary.isPresent()) {
      Weight from = auxiliary.get().weights().get(name);
      int rows = shape.length == 1 ? 1 : (int) shape[0];
      int to = (int) shape[shape.length - 1];
      int width = (int) from.shape()[from.shape().length - 1];
      if (shape.length == 2 && from.shape()[0] != rows) {
        throw new IllegalArgumentException(
            "Invalid headStart: %s of %s: its %s reads %d features, the auxiliary network's %d"
                    .formatted(EnumNames.of(start.headStart()), owner, name, rows, from.shape()[0])
                + " (must be as many, or headStart: random)");
      }
      labels.forEach(
          (label, auxiliaryLabel) -> {
            for (int row = 0; row < rows; row++) {
              head.values()[row * to + label] = from.values()[row * width + auxiliaryLabel];
            }
          });
    }
    return head;
  }

  /**
   * He et al. (ICCV 2015): normal with deviation √(2 / fan-in), √(1 / fan-in) for the head, which
   * no ReLU follows; zero biases.
   */
  private Weight random(String owner, String name, long[] shape) {
    int size = (int) Arrays.stream(shape).reduce(1, Math::multiplyExact);
    float[] values = new float[size];
    Role role = Backbone.role(name);
    if (role.decays()) {
      double fanIn = (double) size / shape[shape.length - 1];
      double deviation = Math.sqrt((name.startsWith(Backbone.HEAD) ? 1 : 2) / fanIn);
      boolean shared = start.scratchSeed() == Start.ScratchSeed.SHARED;
      SplittableRandom random =
          Randomness.stream(seed, "start/" + (shared ? "shared" : owner) + "/" + name);
      for (int i = 0; i < size; i++) {
        values[i] = (float) (deviation * random.nextGaussian());
      }
    } else if (name.endsWith("/gamma") || name.endsWith("/variance")) {
      Arrays.fill(values, 1);
    }
    return new Weight(shape, values);
  }
}
