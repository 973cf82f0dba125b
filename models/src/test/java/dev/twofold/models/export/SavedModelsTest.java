package dev.twofold.models.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.twofold.models.Batch;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Task;
import dev.twofold.models.TaskNetwork;
import dev.twofold.models.evaluation.Classifier;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.methods.MtalSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SavedModelsTest {
  private static final ImageShape SHAPE = new ImageShape(9, 8, 3);
  private static final BackboneSettings WIDE =
      new BackboneSettings(null, List.of("32", "M", "64", "M"), List.of(3), false);

  @TempDir private Path folder;

  /**
   * On 9 × 8: 72·27·4 + 16·36·5 + 16·45·6 for the convolutions, then 24·3 and 3·2 for the matrices.
   */
  @Test
  void countsMultiplyAdds() throws IOException {
    Task task = Columns.task("t", SHAPE);
    Path model = folder.resolve("t");
    SavedModels.write(
        Columns.network(task, Columns.BACKBONE), Columns.random(task, Columns.BACKBONE, 1), model);
    assertThat(MultiplyAdds.of(model, SavedModels.SIGNATURE))
        .isEqualTo(72 * 27 * 4 + 16 * 36 * 5 + 16 * 45 * 6 + 24 * 3 + 3 * 2);
  }

  @Test
  void aMergedModelAnswersForEachTaskAndStoresTwinsOnce() throws IOException {
    List<Task> tasks = List.of(Columns.task("one", SHAPE), Columns.task("the other", SHAPE));
    List<TaskNetwork> networks = tasks.stream().map(task -> Columns.network(task, WIDE)).toList();
    Weights first = Columns.random(tasks.get(0), WIDE, 1);
    Weights second = Columns.random(tasks.get(1), WIDE, 2);
    first.all().keySet().stream()
        .filter(name -> name.startsWith("conv") && name.endsWith("/kernel"))
        .forEach(name -> second.put(name, first.get(name)));
    List<Weights> columns = List.of(first, second);
    MergedKernels merged =
        MergedKernels.of(
            List.of("conv1_1", "conv2_1"),
            columns,
            new MtalSettings(
                .4,
                .75,
                .25,
                MtalSettings.Pick.MUTUAL,
                MtalSettings.Similarity.KERNEL,
                false,
                10,
                null),
            (a, b) -> true);

    Path together = folder.resolve("merged");
    SavedModels.write(networks, merged, together);
    long apart = 0;
    for (int t = 0; t < 2; t++) {
      Path alone = folder.resolve(tasks.get(t).name());
      SavedModels.write(networks.get(t), columns.get(t), alone);
      apart += Files.size(alone.resolve("saved_model.pb"));
      assertThat(predict(together, tasks.get(t).name())[0])
          .containsExactly(predict(alone, SavedModels.SIGNATURE)[0], within(1e-6f));
      assertThat(MultiplyAdds.of(together, tasks.get(t).name()))
          .as("two channels with different biases stay two channels")
          .isEqualTo(MultiplyAdds.of(alone, SavedModels.SIGNATURE));
    }
    // 19,296 of 20,177 numbers are in kernels: nearly half of all goes.
    assertThat(Files.size(together.resolve("saved_model.pb"))).isBetween(apart / 2, apart * 3 / 5);
  }

  private static float[][] predict(Path model, String signature) throws IOException {
    byte[] pixels = new byte[SHAPE.size()];
    new SplittableRandom(3).nextBytes(pixels);
    try (Classifier classifier = Classifier.load(model, signature, SHAPE)) {
      return classifier.predict(new Batch(pixels, new int[1]));
    }
  }
}
