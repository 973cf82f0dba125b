package dev.twofold.models.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.twofold.models.training.TrainingSettings.EpochLength;
import dev.twofold.models.training.TrainingSettings.Optimizer;
import dev.twofold.models.training.TrainingSettings.Precision;
import dev.twofold.models.training.TrainingSettings.Reduction;
import dev.twofold.models.training.TrainingSettings.Schedule;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CourseTest {

  private static TrainingSettings settings(
      Integer epochs, Integer steps, EpochLength length, Schedule schedule) {
    return new TrainingSettings(
        Optimizer.SGD,
        0.1,
        0,
        schedule,
        0,
        0,
        Reduction.MEAN,
        0,
        0,
        32,
        epochs,
        steps,
        length,
        Precision.FLOAT32);
  }

  /** ⌈100/32⌉ = 4, ⌈33/32⌉ = 2, ⌈66.5/32⌉ = 3. */
  @ParameterizedTest
  @CsvSource({"MAX, 4", "MIN, 2", "MEAN, 3"})
  void anEpochIsOnePassOverTheChosenSize(EpochLength length, int stepsPerEpoch) {
    Course course = Course.of(settings(5, null, length, Schedule.CONSTANT), List.of(100, 33));

    assertThat(course).isEqualTo(new Course(stepsPerEpoch, 5 * stepsPerEpoch));
    assertThat(course.epochs()).isEqualTo(5);
  }

  @Test
  void theLastEpochMayBeCut() {
    Course course =
        Course.of(settings(null, 10, EpochLength.MAX, Schedule.CONSTANT), List.of(100, 33));

    assertThat(course).isEqualTo(new Course(4, 10));
    assertThat(course.epochs()).isEqualTo(3);
    assertThat(IntStream.range(0, 10).map(course::epochEndingWith))
        .containsExactly(0, 0, 0, 1, 0, 0, 0, 2, 0, 3);
  }

  @Test
  void theCosineFallsFromTheRateTowardsZero() {
    TrainingSettings settings = settings(null, 4, EpochLength.MAX, Schedule.COSINE);
    Course course = Course.of(settings, List.of(100));
    double[] rates =
        IntStream.range(0, 4).mapToDouble(step -> course.learningRate(settings, step)).toArray();

    assertThat(rates)
        .as(".05·(1 + cos(πk/4))")
        .containsExactly(new double[] {0.1, 0.0853553391, 0.05, 0.0146446609}, within(1e-9));
  }

  @Test
  void theConstantStays() {
    TrainingSettings settings = settings(null, 4, EpochLength.MAX, Schedule.CONSTANT);
    Course course = Course.of(settings, List.of(100));

    assertThat(IntStream.range(0, 4).mapToDouble(step -> course.learningRate(settings, step)))
        .containsOnly(0.1);
  }
}
