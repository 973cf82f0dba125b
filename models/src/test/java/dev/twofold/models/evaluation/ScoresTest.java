package dev.twofold.models.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Three classes of 4, 2 and 0 images. */
class ScoresTest {
  private final Scores scores = Scores.of(3, List.of(0, 0, 0, 0, 1, 1), List.of(0, 0, 1, 2, 1, 0));

  @Test
  void rowsAreTrueClasses() {
    assertThat(scores.confusion())
        .isEqualTo(List.of(List.of(2, 1, 1), List.of(1, 1, 0), List.of(0, 0, 0)));
  }

  @Test
  void accuracyIsTheDiagonal() {
    assertThat(scores.accuracy()).isEqualTo(3 / 6.0);
  }

  @Test
  void supportIsTheRow() {
    assertThat(List.of(scores.support(0), scores.support(1), scores.support(2)))
        .isEqualTo(List.of(4, 2, 0));
  }

  @Test
  void precisionIsOfThePredictedRecallOfTheTrue() {
    assertThat(scores.precision(0)).isCloseTo(2 / 3.0, within(1e-12));
    assertThat(scores.recall(0)).isEqualTo(2 / 4.0);
    assertThat(scores.f1(0)).as("2·⅔·½ / (⅔ + ½)").isCloseTo(4 / 7.0, within(1e-12));
    assertThat(scores.precision(1)).isEqualTo(1 / 2.0);
    assertThat(scores.recall(1)).isEqualTo(1 / 2.0);
    assertThat(scores.f1(1)).isEqualTo(1 / 2.0);
  }

  @Test
  void classesThatNobodyHasOrGuessesScoreZero() {
    assertThat(scores.precision(2)).isZero();
    assertThat(scores.recall(2)).isZero();
    assertThat(scores.f1(2)).isZero();
    assertThat(Scores.of(2, List.of(0), List.of(0)).precision(1)).isZero();
  }

  @Test
  void macroF1IsTheMeanOverClasses() {
    assertThat(scores.macroF1()).isCloseTo((4 / 7.0 + 1 / 2.0 + 0) / 3, within(1e-12));
  }

  /** Class 1 has no test image, and none is taken for it. */
  @Test
  void macroF1LeavesOutWhatIsNeitherThereNorPredicted() {
    assertThat(Scores.of(3, List.of(0, 2), List.of(0, 2)).macroF1()).isEqualTo(1);
    assertThat(Scores.of(3, List.of(0, 2), List.of(0, 1)).macroF1())
        .as("predicted once, wrongly")
        .isCloseTo(1 / 3.0, within(1e-12));
  }
}
