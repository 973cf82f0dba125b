package dev.twofold.pipelines.console;

import dev.twofold.pipelines.console.ProgressSnapshot.UnitProgress;
import java.util.Locale;

/** Words of a unit's and of the whole run's progress. */
final class ProgressLine {

  private ProgressLine() {}

  /** {@code epoch 7/25 loss 0.812 accuracy 0.713 310 images/s 2:05 left}; only what is known. */
  static String of(UnitProgress unit) {
    StringBuilder line = new StringBuilder();
    line.append(position(unit));
    if (!Double.isNaN(unit.loss())) {
      line.append("  loss ").append(Text.decimals(unit.loss()));
    }
    if (!Double.isNaN(unit.accuracy())) {
      line.append("  accuracy ").append(Text.decimals(unit.accuracy()));
    }
    if (!Double.isNaN(unit.imagesPerSecond())) {
      line.append(String.format(Locale.ROOT, "  %.0f images/s", unit.imagesPerSecond()));
    }
    if (!Double.isNaN(unit.remaining())) {
      line.append("  ").append(Text.duration(unit.remaining())).append(" left");
    }
    return line.toString();
  }

  /** Passes of a closed form and steps of less than two epochs are no epochs. */
  private static String position(UnitProgress unit) {
    if (unit.steps() == 0) {
      return "running";
    }
    return unit.epochs() > 1 && unit.epochs() < unit.steps()
        ? "epoch %d/%d".formatted(unit.epoch(), unit.epochs())
        : "step %d/%d".formatted(unit.step(), unit.steps());
  }

  /** {@code 3 of 12 done, 1 failed 4:10 elapsed 12:30 left}. */
  static String of(ProgressSnapshot snapshot) {
    String line =
        "%d of %d done%s  %s elapsed"
            .formatted(
                snapshot.done(),
                snapshot.units().size(),
                snapshot.failed() == 0 ? "" : ", %d failed".formatted(snapshot.failed()),
                Text.duration(snapshot.elapsed()));
    return Double.isNaN(snapshot.remaining())
        ? line
        : line + "  " + Text.duration(snapshot.remaining()) + " left";
  }
}
