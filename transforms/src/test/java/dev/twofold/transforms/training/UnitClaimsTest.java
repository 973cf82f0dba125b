package dev.twofold.transforms.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.Claim;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnitClaimsTest {
  @TempDir private Path workdir;

  private WorkPlan plan(ModelRequest.Train unit) {
    return plan(unit, 3600);
  }

  private WorkPlan plan(ModelRequest.Train unit, long maxSilentSeconds) {
    return new WorkPlan(
        "start",
        workdir.toString(),
        "",
        1,
        DeviceChoice.CPU,
        maxSilentSeconds,
        List.of(),
        List.of(unit),
        List.of());
  }

  private FutureTask<Void> work(ModelRequest.Train unit) {
    return new FutureTask<>(
        () -> {
          new UnitClaims(plan(unit)).work(List.of(unit));
          return null;
        });
  }

  private static List<Outcome> worked(WorkPlan plan, ModelRequest.Train unit) throws Exception {
    UnitClaims claims = new UnitClaims(plan);
    claims.work(List.of(unit));
    return claims.outcomes(List.of(unit));
  }

  private static Thread thread(FutureTask<?> task) {
    Thread thread = new Thread(task, "worker");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private Path artifact(ModelRequest.Train unit) {
    return new ArtifactStore(workdir).directory(unit.stageKey());
  }

  @Test
  void aWorkerThatWaitsForAnothersUnitIsCancelled() throws Exception {
    try (WaitingUnit unit = new WaitingUnit(workdir);
        Claim theirs = Claim.take(artifact(unit.train()), "another run").orElseThrow()) {
      FutureTask<Void> work = work(unit.train());
      Thread worker = thread(work);
      while (worker.isAlive() && worker.getState() != Thread.State.TIMED_WAITING) {
        Thread.sleep(10);
      }
      worker.interrupt();
      assertThatThrownBy(() -> work.get(1, TimeUnit.MINUTES))
          .hasCauseInstanceOf(InterruptedException.class);
      assertThat(theirs.isHeld()).isTrue();
      assertThat(Claim.holder(artifact(unit.train()))).isPresent();
    }
  }

  /** The process saves and ends, and whoever goes on finds neither a claim nor a failure. */
  @Test
  void aWorkerWhoseProcessRunsIsCancelled() throws Exception {
    try (WaitingUnit unit = new WaitingUnit(workdir)) {
      FutureTask<Void> work = work(unit.train());
      Thread worker = thread(work);
      ProcessHandle process = unit.awaitProcess();
      assertThat(Claim.holder(artifact(unit.train()))).isPresent();
      worker.interrupt();
      unit.release();

      assertThatThrownBy(() -> work.get(1, TimeUnit.MINUTES))
          .hasCauseInstanceOf(InterruptedException.class);
      assertThat(process.isAlive()).isFalse();
      assertThat(Claim.holder(artifact(unit.train()))).isEmpty();
      assertThat(new Failures(plan(unit.train())).has(unit.train().stageKey())).isFalse();
    }
  }

  /** Each attempt waits for a lock that another process never gives back. */
  @Test
  void aUnitWhoseProcessesHangFailsByItself() throws Exception {
    try (WaitingUnit unit = new WaitingUnit(workdir)) {
      WorkPlan plan = plan(unit.train(), 2);

      assertThat(worked(plan, unit.train()))
          .singleElement()
          .returns(Outcome.Status.FAILED, Outcome::status)
          .returns(137, Outcome::code)
          .extracting(Outcome::reason)
          .asString()
          .startsWith("the process of unit %s gave no sign of life".formatted(unit.train().key()));
      assertThat(new Failures(plan).has(unit.train().stageKey())).isTrue();
      assertThat(Claim.holder(artifact(unit.train()))).isEmpty();
    }
  }

  @Test
  void aUnitWhoseProcessCannotBeStartedFailsByItself() throws Exception {
    try (WaitingUnit unit = new WaitingUnit(workdir)) {
      Path processes = Files.createDirectories(workdir.resolve("scratch/processes"));
      Path inTheWay = Files.writeString(processes.resolve(unit.train().key()), "");

      assertThat(worked(plan(unit.train()), unit.train()))
          .singleElement()
          .returns(unit.train().key(), Outcome::key)
          .returns(Outcome.Status.FAILED, Outcome::status)
          .extracting(Outcome::reason)
          .asString()
          .startsWith("its process could not be run: Cannot use %s: ".formatted(inTheWay));
      assertThat(Claim.holder(artifact(unit.train()))).isEmpty();
    }
  }
}
