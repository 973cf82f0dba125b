package dev.twofold.models.training;

import dev.twofold.models.Blobs;
import dev.twofold.models.ImageShape;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.methods.SingleTask;
import dev.twofold.models.training.TrainingSettings.EpochLength;
import dev.twofold.models.training.TrainingSettings.Optimizer;
import dev.twofold.models.training.TrainingSettings.Precision;
import dev.twofold.models.training.TrainingSettings.Reduction;
import dev.twofold.models.training.TrainingSettings.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.tensorflow.proto.RewriterConfig.Toggle;

/**
 * Images a second of the training loop on pictures in memory, beside a bare loop over the same
 * network; {@code main} only.
 */
final class TrainingBenchmark {
  private static final int WARM_UP = 5;

  private static final Network VGG16 =
      network("VGG-16", "64 64 M 128 128 M 256 256 256 M 512 512 512 M 512 512 512 M");

  /** Of half width, as the papers' tables in conf/paper have it. */
  private static final Network FIVE_BLOCKS = network("five blocks", "32 M 64 M 128 M 256 M 256 M");

  private TrainingBenchmark() {}

  /** A network by the layers that {@code vgg} of a configuration has. */
  private record Network(String name, List<String> layers) {
    BackboneSettings backbone() {
      return new BackboneSettings(null, layers, List.of(256, 256), false);
    }
  }

  private static Network network(String name, String layers) {
    return new Network(name, List.of(layers.split(" ", -1)));
  }

  /**
   * Measures.
   *
   * @param arguments threads of TensorFlow, measured steps of each setting, and, for a GPU, {@code
   *     large}: in minutes on one what would take a processor hours
   */
  public static void main(String[] arguments) throws IOException {
    int threads = Integer.parseInt(arguments[0]);
    int steps = Integer.parseInt(arguments[1]);
    System.out.println("| network | images | batch | precision | images/s | bare loop | ratio |");
    System.out.println("|---|---|---|---|---|---|---|");
    measure(FIVE_BLOCKS, 32, 32, threads, steps);
    measure(VGG16, 32, 32, threads, steps);
    measure(VGG16, 64, 128, threads, steps);
    if (arguments.length > 2 && arguments[2].equals("large")) {
      measure(VGG16, 224, 32, threads, steps);
    }
  }

  private static void measure(Network network, int side, int batch, int threads, int steps)
      throws IOException {
    for (Precision precision : precisions()) {
      double bare = bare(network, side, batch, precision, threads, steps);
      double ours = imagesPerSecond(network, side, batch, precision, threads, steps);
      System.out.printf(
          "| %1$s | %2$d × %2$d | %3$d | %4$s | %5$.0f | %6$.0f | %7$.2f |%n",
          network.name(), side, batch, precision, ours, bare, ours / bare);
    }
  }

  /** Without AVX-512 oneDNN has no bfloat16, and TensorFlow's own takes minutes a step. */
  private static List<Precision> precisions() throws IOException {
    boolean avx512 = Files.readString(Path.of("/proc/cpuinfo")).contains("avx512");
    boolean gpu = !System.getenv().getOrDefault("CUDA_VISIBLE_DEVICES", "-1").equals("-1");
    return avx512 && !gpu ? List.of(Precision.values()) : List.of(Precision.FLOAT32);
  }

  private static double bare(
      Network network, int side, int batch, Precision precision, int threads, int steps) {
    Toggle bfloat16 = precision == Precision.BFLOAT16 ? Toggle.ON : Toggle.DEFAULT;
    try (BareLoop loop =
        new BareLoop(network.layers(), side, BareLoop.configuration(threads, bfloat16))) {
      return loop.imagesPerSecond(side, batch, WARM_UP, steps);
    }
  }

  private static double imagesPerSecond(
      Network network, int side, int batch, Precision precision, int threads, int steps) {
    Stopwatch stopwatch = new Stopwatch();
    ImageShape shape = new ImageShape(side, side, 3);
    // One epoch, so that nothing is evaluated while the time runs.
    TaskData task =
        new TaskData(
            new Blobs("blobs", shape, 9, batch * (WARM_UP + steps), 1),
            new Blobs("blobs", shape, 9, batch, 2),
            new Augmentation(2, true),
            Map.of());
    Trainer.Unit unit =
        new Trainer.Unit(
            new SingleTask(),
            network.backbone(),
            new ColumnStart(Units.start(Start.From.SCRATCH), Optional.empty(), Optional.empty(), 1),
            settings(batch, precision, WARM_UP + steps),
            1,
            threads);
    try (Trainer trainer = new Trainer(unit, List.of(task), stopwatch)) {
      trainer.train(Optional.empty());
    }
    return batch * steps / stopwatch.seconds();
  }

  /** The tuned setting, of this size and length. */
  private static TrainingSettings settings(int batch, Precision precision, int steps) {
    return new TrainingSettings(
        Optimizer.SGD,
        0.001,
        0.9,
        Schedule.COSINE,
        5e-4,
        0,
        Reduction.MEAN,
        5,
        0.3,
        batch,
        null,
        steps,
        EpochLength.MAX,
        precision);
  }

  /** From the end of the warming up to the end of the last step. */
  private static final class Stopwatch implements TrainingObserver {
    private long begin;
    private long end;

    @Override
    public boolean stepped(int step, double[] losses, Supplier<Checkpoint> checkpoint) {
      end = System.nanoTime();
      if (step == WARM_UP) {
        begin = end;
      }
      return true;
    }

    double seconds() {
      return (end - begin) / 1e9;
    }
  }
}
