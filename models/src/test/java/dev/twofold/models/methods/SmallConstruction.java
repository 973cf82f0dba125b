package dev.twofold.models.methods;

import dev.twofold.models.Bench;
import dev.twofold.models.Construction;
import dev.twofold.models.Construction.Input;
import dev.twofold.models.Task;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.training.ColumnStart;
import dev.twofold.models.training.Normalisation;
import dev.twofold.models.training.TrainingSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A method's graph over one fixed batch of made-up images. */
final class SmallConstruction {

  private SmallConstruction() {}

  static Construction of(
      Bench bench,
      BackboneSettings backbone,
      ColumnStart start,
      TrainingSettings training,
      List<Input> inputs) {
    return new Construction(
        bench.net(), inputs, backbone, start, training, bench.tf().constant(new long[] {1, 2}), 7);
  }

  /** Random images, labels 0, 1, 2, … */
  static Input input(Bench bench, Task task, int batch) {
    SplittableRandom random = new SplittableRandom(task.name().length());
    float[] pixels = new float[batch * task.shape().size()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextInt(256);
    }
    int classes = task.classes().size();
    float[] labels = new float[batch * classes];
    for (int i = 0; i < batch; i++) {
      labels[i * classes + i % classes] = 1;
    }
    int channels = task.shape().channels();
    float[] half = new float[channels];
    float[] third = new float[channels];
    Arrays.fill(half, 0.5f);
    Arrays.fill(third, 0.3f);
    return new Input(
        task,
        bench.constant(
            new long[] {batch, task.shape().height(), task.shape().width(), channels}, pixels),
        bench.constant(new long[] {batch, classes}, labels),
        new Normalisation(half, third),
        Map.of());
  }
}
