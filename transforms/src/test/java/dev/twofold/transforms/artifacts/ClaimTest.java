package dev.twofold.transforms.artifacts;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClaimTest {
  private static final int TAKERS = 8;

  @TempDir Path artifact;

  @Test
  void ofManyTakersOneWins() throws Exception {
    for (int round = 0; round < 20; round++) {
      List<Claim> winners = race();
      assertThat(winners).hasSize(1);
      winners.get(0).close();
    }
  }

  @Test
  void ofManyTakersOfAStaleClaimOneWins() throws Exception {
    for (int round = 0; round < 20; round++) {
      write(InetAddress.getLocalHost().getHostName(), deadPid(), 0, System.currentTimeMillis());
      List<Claim> winners = race();
      assertThat(winners).hasSize(1);
      winners.get(0).close();
    }
  }

  @Test
  void claimOfThisVeryProcessIsHonoured() {
    try (Claim first = Claim.take(artifact, "first").orElseThrow()) {
      assertThat(Claim.take(artifact, "second")).isEmpty();
      assertThat(first.isHeld()).isTrue();
    }
    Optional<Claim> third = Claim.take(artifact, "third");
    assertThat(third).isPresent();
    third.orElseThrow().close();
    assertThat(artifact.resolve("claim.json")).doesNotExist();
  }

  @Test
  void claimOfAnotherHostLastsAsLongAsItsLease() throws Exception {
    long now = System.currentTimeMillis();
    write("elsewhere", 1, 0, now - Claim.LEASE.toMillis() + 5_000);
    assertThat(Claim.take(artifact, "too early")).isEmpty();

    write("elsewhere", 1, 0, now - Claim.LEASE.toMillis() - 1);
    try (Claim claim = Claim.take(artifact, "in time").orElseThrow()) {
      assertThat(claim.isHeld()).isTrue();
    }
  }

  @Test
  void processThatOnlyHasTheSameNumberIsAnother() throws Exception {
    long pid = ProcessHandle.current().pid();
    long start = ProcessHandle.current().info().startInstant().orElseThrow().toEpochMilli();
    String host = InetAddress.getLocalHost().getHostName();

    write(host, pid, start, 0);
    assertThat(Claim.take(artifact, "alive, however long not renewed")).isEmpty();

    write(host, pid, start - 60_000, System.currentTimeMillis());
    Claim.take(artifact, "its predecessor is gone").orElseThrow().close();
  }

  @Test
  void closingALostClaimLeavesTheNewHoldersFile() throws Exception {
    Claim lost = Claim.take(artifact, "lost").orElseThrow();
    write("elsewhere", 1, 0, System.currentTimeMillis());
    lost.close();
    assertThat(artifact.resolve("claim.json")).exists();
  }

  /** As Flink cancels a task that uses a file. */
  @Test
  void anInterruptedThreadGivesItsClaimUpToo() {
    Claim claim = Claim.take(artifact, "cancelled").orElseThrow();
    Thread.currentThread().interrupt();
    claim.close();
    assertThat(Thread.interrupted()).as("still interrupted").isTrue();
    assertThat(artifact.resolve("claim.json")).doesNotExist();
  }

  @Test
  void damagedClaimFileIsNobodys() throws Exception {
    Files.writeString(artifact.resolve("claim.json"), "{");
    Claim.take(artifact, "finder").orElseThrow().close();
  }

  private List<Claim> race() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(TAKERS);
    try {
      CyclicBarrier start = new CyclicBarrier(TAKERS);
      List<Callable<Optional<Claim>>> takers = new ArrayList<>();
      for (int i = 0; i < TAKERS; i++) {
        String owner = "taker " + i;
        takers.add(
            () -> {
              start.await();
              return Claim.take(artifact, owner);
            });
      }
      List<Claim> winners = new ArrayList<>();
      for (Future<Optional<Claim>> taker : threads.invokeAll(takers)) {
        taker.get().ifPresent(winners::add);
      }
      return winners;
    } finally {
      threads.shutdownNow();
    }
  }

  private void write(String host, long pid, long start, long renewed) throws Exception {
    Files.writeString(
        artifact.resolve("claim.json"),
        """
        {"id":"x","owner":"o","host":"%s","pid":%d,"processStart":%d,"renewed":%d}
        """
            .formatted(host, pid, start, renewed));
  }

  private static long deadPid() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    return process.pid();
  }
}
