package dev.twofold.pipelines.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SolidTest {

  private static final int DIRECTIONS = 20_000;

  /** The camera draws no further than this ball. */
  @Test
  void everySolidFitsItsBall() {
    Solid.ALL.forEach(
        (name, solid) -> {
          Dice dice = new Dice(new SplittableRandom(1));
          for (int i = 0; i < DIRECTIONS; i++) {
            Vector p = direction(dice).times(Solid.RADIUS);
            assertThat(solid.distance(p.x(), p.y(), p.z())).as("%s at %s", name, p).isPositive();
          }
        });
  }

  /** A distance may be underestimated, not overestimated, or rays would pass through. */
  @Test
  void distancesNeverGrowFasterThanTheWay() {
    Solid.ALL.forEach(
        (name, solid) -> {
          Dice dice = new Dice(new SplittableRandom(2));
          for (int i = 0; i < DIRECTIONS; i++) {
            Vector p = direction(dice).times(dice.uniform(0.1, Solid.RADIUS));
            Vector q = p.plus(1e-3, direction(dice));
            double change =
                solid.distance(q.x(), q.y(), q.z()) - solid.distance(p.x(), p.y(), p.z());
            assertThat(Math.abs(change)).as("%s at %s", name, p).isLessThan(1.01e-3);
          }
        });
  }

  @Test
  void distancesWorkedByHand() {
    assertThat(Solid.ALL.get("sphere").distance(0, 0, 1.85)).isEqualTo(1.0);
    assertThat(Solid.ALL.get("cube").distance(0.6, 0, 0)).isZero();
    assertThat(Solid.ALL.get("ring").distance(0.72, 0, 0.5)).isCloseTo(0.26, within(1e-12));
    assertThat(Solid.ALL.get("ring").distance(0, 0, 0))
        .as("the hole")
        .isCloseTo(0.48, within(1e-12));
  }

  private static Vector direction(Dice dice) {
    return new Vector(dice.bell(), dice.bell(), dice.bell()).normalised();
  }
}
