package dev.twofold.models.methods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.models.GraphMethod;
import dev.twofold.models.training.ColumnStart;
import dev.twofold.models.training.Start;
import dev.twofold.models.training.TaskData;
import dev.twofold.models.training.TrainedUnit;
import dev.twofold.models.training.Trainer;
import dev.twofold.models.training.TrainingObserver;
import dev.twofold.models.training.Units;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The method that the README shows whoever adds one. */
class MyMethodTest {

  @Test
  void theReadmeHasItAsItIsHere() throws IOException {
    Path source = Path.of("src/test/java/dev/twofold/models/methods/MyMethod.java");
    List<String> lines = Files.readAllLines(source);
    String method =
        lines
            .subList(
                lines.indexOf("public final class MyMethod implements GraphMethod {"), lines.size())
            .stream()
            .map(line -> line.isEmpty() ? line : "  " + line)
            .collect(Collectors.joining("\n"));
    assertThat(Path.of("../README.md")).content().contains("  ```java\n" + method + "\n  ```\n");
  }

  /** Its columns have nothing in common but a step. */
  @Test
  void itTrainsAsSingleTaskDoes() {
    List<TaskData> tasks =
        List.of(Units.blobs("colour", Units.COLOUR, 4), Units.blobs("grey", Units.GREY, 5));
    TrainedUnit mine = trained(new MyMethod(), tasks);
    TrainedUnit single = trained(new SingleTask(), tasks);

    assertThat(Units.sameBits(mine.weights(), single.weights())).isTrue();
    assertThat(mine.metrics().get("loss/grey")).isEqualTo(single.metrics().get("loss/grey"));
  }

  private static TrainedUnit trained(GraphMethod method, List<TaskData> tasks) {
    Trainer.Unit unit =
        new Trainer.Unit(
            method,
            Units.BACKBONE,
            new ColumnStart(Units.start(Start.From.SCRATCH), Optional.empty(), Optional.empty(), 7),
            Units.unclipped(4),
            7,
            1);
    try (Trainer trainer = new Trainer(unit, tasks, new TrainingObserver() {})) {
      return trainer.train(Optional.empty());
    }
  }
}
