package dev.twofold.transforms.training;

import dev.twofold.models.training.Checkpoint;
import dev.twofold.models.training.Course;
import dev.twofold.models.training.FitObserver;
import dev.twofold.models.training.TrainingObserver;
import dev.twofold.transforms.training.EventLog.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Writes a training's events and checkpoints, and stops it when asked. */
final class UnitObserver implements TrainingObserver, FitObserver {
  private static final long SECOND = 1_000_000_000L;

  /** An epoch's end this long after the last checkpoint makes one. */
  private static final long CHECKPOINT_EVERY = 30 * SECOND;

  private final UnitSpec unit;
  private final UnitFiles files;
  private final EventLog log;
  private final BooleanSupplier stop;
  private Course course;
  private long lastCheckpoint = System.nanoTime();
  private long lastProgress = System.nanoTime();
  private int stepAtLastProgress;
  private Double accuracy;

  UnitObserver(UnitSpec unit, UnitFiles files, EventLog log, BooleanSupplier stop) {
    this.unit = unit;
    this.files = files;
    this.log = log;
    this.stop = stop;
  }

  @Override
  public void started(Course newCourse, int step) {
    course = newCourse;
    stepAtLastProgress = step;
  }

  @Override
  public boolean stepped(int step, double[] losses, Supplier<Checkpoint> checkpoint) {
    long now = System.nanoTime();
    if (now - lastProgress > SECOND) {
      progress(step, losses, now);
    }
    boolean stopping = stop.getAsBoolean();
    if (stopping) {
      save(checkpoint.get(), epoch(step));
    }
    return !stopping;
  }

  /** Tells of trainings before the unit's own: how far they are, and nothing of their outcome. */
  TrainingObserver ofSearch() {
    return new TrainingObserver() {
      @Override
      public void started(Course newCourse, int step) {
        UnitObserver.this.started(newCourse, step);
      }

      @Override
      public boolean stepped(int step, double[] losses, Supplier<Checkpoint> checkpoint) {
        long now = System.nanoTime();
        if (now - lastProgress > SECOND) {
          progress(step, losses, now);
        }
        return !stop.getAsBoolean();
      }
    };
  }

  private int epoch(int step) {
    return Math.max(0, step - 1) / course.stepsPerEpoch() + 1;
  }

  private void progress(int step, double[] losses, long now) {
    double images = (double) (step - stepAtLastProgress) * unit.training().batch() * losses.length;
    write(
        () ->
            log.progress(
                new Progress(
                    step,
                    course.steps(),
                    epoch(step),
                    course.epochs(),
                    Arrays.stream(losses).sum(),
                    accuracy,
                    images * SECOND / (now - lastProgress))));
    lastProgress = now;
    stepAtLastProgress = step;
  }

  @Override
  public void epochEnded(
      int epoch, int step, Map<String, Double> metrics, Supplier<Checkpoint> checkpoint) {
    measured(epoch, metrics);
    boolean due = System.nanoTime() - lastCheckpoint > CHECKPOINT_EVERY;
    if (due && step < course.steps()) {
      save(checkpoint.get(), epoch);
    }
  }

  @Override
  public boolean passed(int pass, int passes, Map<String, Double> metrics) {
    measured(pass, metrics);
    double loss = sum("loss/", metrics);
    write(() -> log.progress(new Progress(pass, passes, pass, passes, loss, accuracy, Double.NaN)));
    return !stop.getAsBoolean();
  }

  private void measured(int epoch, Map<String, Double> metrics) {
    write(
        () -> {
          for (Map.Entry<String, Double> metric : metrics.entrySet()) {
            log.metric(metric.getKey(), metric.getValue(), epoch);
          }
        });
    accuracy = sum("accuracy/", metrics) / unit.tasks().size();
  }

  private double sum(String prefix, Map<String, Double> metrics) {
    return unit.tasks().stream().mapToDouble(task -> metrics.get(prefix + task.name())).sum();
  }

  /**
   * The mark comes first, so that a resumed log keeps it. A crash between the two costs nothing:
   * the steps since the checkpoint before run again to the same values.
   */
  private void save(Checkpoint checkpoint, int epoch) {
    write(
        () -> {
          log.checkpoint(epoch, checkpoint.step());
          files.save(checkpoint, log.length());
        });
    lastCheckpoint = System.nanoTime();
  }

  @FunctionalInterface
  private interface Writing {
    void run() throws IOException;
  }

  private static void write(Writing writing) {
    try {
      writing.run();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write a unit's files: " + e.getMessage(), e);
    }
  }
}
