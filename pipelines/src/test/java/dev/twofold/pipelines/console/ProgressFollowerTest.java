package dev.twofold.pipelines.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.twofold.pipelines.console.ProgressFollower.Followed;
import dev.twofold.pipelines.console.ProgressSnapshot.State;
import dev.twofold.pipelines.console.ProgressSnapshot.UnitProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgressFollowerTest {

  @TempDir Path folder;

  private final Watch clock = new Watch();
  private final AtomicBoolean failed = new AtomicBoolean();
  private Path log;
  private ProgressFollower follower;

  @BeforeEach
  void follow() {
    log = folder.resolve("events.jsonl");
    follower = new ProgressFollower(List.of(new Followed("mtal", log, failed::get, 1)), clock);
  }

  @Test
  void waitsForALogThatDoesNotExistYet() throws IOException {
    assertThat(unit().state()).isEqualTo(State.WAITING);
  }

  @Test
  void tellsTheLatestProgressAndTheTimeThatIsLeft() throws IOException {
    append("{\"event\":\"start\",\"time\":0}\n" + progress(10, 1000));
    assertThat(unit().remaining()).isNaN();
    append(progress(30, 5000));

    // 20 steps in 4 seconds, 70 of 100 to go: 14 seconds.
    assertThat(unit())
        .isEqualTo(new UnitProgress("mtal", State.RUNNING, 30, 100, 3, 10, .5, .25, 120.0, 14));
  }

  /** A pre-training of a moment says nothing of the trainings of hours behind it. */
  @Test
  void ofLittleThatIsDoneNoTimeIsForetold() throws IOException {
    Path other = folder.resolve("other.jsonl");
    follower =
        new ProgressFollower(
            List.of(
                new Followed("short", log, failed::get, 1),
                new Followed("long", other, failed::get, 999)),
            clock);
    follower.snapshot();
    clock.now = clock.now.plusSeconds(20);
    append(progress(100, 1000));
    assertThat(follower.snapshot().remaining()).isNaN();
    Files.writeString(other, progress(10, 20_000));
    assertThat(follower.snapshot().remaining()).isCloseTo(20 / .1009 * .8991, within(1e-6));
  }

  /** Of the hour that is left of a week's plan a hundredth is enough. */
  @Test
  void littleOfAllMayBeMuchOfWhatIsLeft() throws IOException {
    Path other = folder.resolve("other.jsonl");
    append(progress(100, 1000) + "{\"event\":\"done\",\"time\":2}\n");
    follower =
        new ProgressFollower(
            List.of(
                new Followed("there", log, failed::get, 999),
                new Followed("left", other, failed::get, 1)),
            clock);
    follower.snapshot();
    clock.now = clock.now.plusSeconds(20);
    Files.writeString(other, progress(10, 20_000));

    assertThat(follower.snapshot().remaining()).isCloseTo(180, within(1e-6));
  }

  @Test
  void readsOnlyWholeLines() throws IOException {
    String line = progress(10, 1000);
    append(line.substring(0, 20));
    assertThat(unit().state()).isEqualTo(State.WAITING);
    append(line.substring(20));

    assertThat(unit().step()).isEqualTo(10);
  }

  @Test
  void doneIsDone() throws IOException {
    append(progress(100, 1000) + "{\"event\":\"done\",\"time\":2}\n");

    ProgressSnapshot snapshot = follower.snapshot();

    assertThat(snapshot.units().get(0).state()).isEqualTo(State.DONE);
    assertThat(snapshot.done()).isEqualTo(1);
  }

  @Test
  void whatFailedRunsNoMoreAndHoldsUpNothing() throws IOException {
    append(progress(10, 1000));
    follower.snapshot();
    failed.set(true);

    ProgressSnapshot snapshot = follower.snapshot();

    assertThat(snapshot.units().get(0).state()).isEqualTo(State.FAILED);
    assertThat(snapshot.failed()).isEqualTo(1);
    assertThat(snapshot.remaining()).isZero();
    append("{\"event\":\"done\",\"time\":2}\n");
    assertThat(unit().state()).as("somebody else made it").isEqualTo(State.DONE);
  }

  @Test
  void aLogThatWasCutBackIsReadAgain() throws IOException {
    append(progress(10, 1000) + progress(50, 2000));
    assertThat(unit().step()).isEqualTo(50);
    Files.writeString(log, progress(10, 1000));

    assertThat(unit().step()).isEqualTo(10);
    Files.writeString(log, "");
    assertThat(unit().state()).isEqualTo(State.WAITING);
    append(progress(20, 1000));
    assertThat(unit().step()).isEqualTo(20);
  }

  @Test
  void aLineThatIsNoEventHoldsUpNothing() throws IOException {
    append("{\"event\":\"prog\n[]\n" + progress(10, 1000));
    assertThat(unit().step()).isEqualTo(10);
    append("\u0000\n" + progress(30, 5000));
    assertThat(unit().step()).isEqualTo(30);
  }

  @Test
  void aLogThatCannotBeReadAtTheMomentHoldsUpNothing() throws IOException {
    append(progress(10, 1000));
    assertThat(unit().step()).isEqualTo(10);
    Files.delete(log);
    Files.createDirectory(log);
    assertThat(unit().step()).isEqualTo(10);
    Files.delete(log);
    append(progress(10, 1000) + progress(20, 1000));
    assertThat(unit().step()).isEqualTo(20);
  }

  /** The night between two processes is not this one's pace. */
  @Test
  void theTimeThatIsLeftIsByThisProcessesPaceAlone() throws IOException {
    long began = clock.now.toEpochMilli();
    append(progress(10, began - 30_000_000));
    assertThat(unit().remaining()).isNaN();
    append(progress(30, began + 10_000));
    assertThat(unit().remaining()).isNaN();
    append(progress(50, began + 14_000));

    // 20 steps in 4 seconds, 50 of 100 to go.
    assertThat(unit().remaining()).isCloseTo(10, within(1e-9));
  }

  @Test
  void theWholeIsExtrapolatedFromThisRunsPaceAlone() throws IOException {
    append(progress(50, 1000));
    assertThat(follower.snapshot().remaining()).isNaN();
    clock.now = clock.now.plus(Duration.ofSeconds(10));
    append(progress(60, 2000));

    // A tenth in 10 seconds, four tenths to go.
    assertThat(follower.snapshot().remaining()).isCloseTo(40, within(1e-9));
  }

  @Test
  void aUnitCountsByItsWork() throws IOException {
    Path other = folder.resolve("not-begun.jsonl");
    follower =
        new ProgressFollower(
            List.of(
                new Followed("auxiliary", log, failed::get, 3),
                new Followed("mtal", other, () -> false, 1)),
            clock);
    follower.snapshot();
    clock.now = clock.now.plus(Duration.ofSeconds(30));
    append(progress(50, 1000));

    // Half of three quarters in 30 seconds, five eighths to go.
    assertThat(follower.snapshot().remaining()).isCloseTo(50, within(1e-9));
  }

  private UnitProgress unit() throws IOException {
    return follower.snapshot().units().get(0);
  }

  private void append(String text) throws IOException {
    Files.writeString(log, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static String progress(int step, long time) {
    return "{\"event\":\"progress\",\"step\":%d,\"steps\":100,\"epoch\":3,\"epochs\":10,"
            .formatted(step)
        + "\"loss\":0.5,\"accuracy\":0.25,\"imagesPerSecond\":120.0,\"time\":%d}\n".formatted(time);
  }

  /** A clock that stands until it is set. */
  private static final class Watch extends Clock {

    private Instant now = Instant.parse("2026-03-01T12:00:00Z");

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
