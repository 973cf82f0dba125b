package dev.twofold.transforms.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
      write(Claim.HOST, deadPid(), 0, System.currentTimeMillis());
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
    write(Claim.HOST, pid, start, 0);
    assertThat(Claim.take(artifact, "alive, however long not renewed")).isEmpty();

    write(Claim.HOST, pid, start - 60_000, System.currentTimeMillis());
    Claim.take(artifact, "its predecessor is gone").orElseThrow().close();
  }

  /** Two containers can have one host's name, and processes of the same numbers. */
  @Test
  void aProcessOfAnotherNamespaceIsOnAnotherHost() throws Exception {
    long start = ProcessHandle.current().info().startInstant().orElseThrow().toEpochMilli();
    long now = System.currentTimeMillis();
    String name = InetAddress.getLocalHost().getHostName();
    assertThat(Claim.HOST).startsWith(name + "/").matches(".*/[0-9a-f]{8}");
    String container = name + "/0a1b2c3d";

    write(container, ProcessHandle.current().pid(), start, now - Claim.LEASE.toMillis() - 1);
    try (Claim claim = Claim.take(artifact, "its lease is over").orElseThrow()) {
      assertThat(claim.isHeld()).isTrue();
    }
  }

  /** A folder in the file's place cannot be read, nor be taken for a claim that is gone. */
  @Test
  void aClaimIsGivenUpOnceTheStorageAnswersAgain() throws Exception {
    Path file = artifact.resolve("claim.json");
    Claim claim = Claim.take(artifact, "holder").orElseThrow();
    Path aside = Files.move(file, artifact.resolve("aside"));
    Files.createDirectory(file);
    CompletableFuture<Void> closed = CompletableFuture.runAsync(claim::close);
    assertThatThrownBy(() -> closed.get(200, TimeUnit.MILLISECONDS))
        .as("tries again")
        .isInstanceOf(TimeoutException.class);
    assertThatThrownBy(() -> Claim.take(artifact, "finder"))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageEndingWith("Is a directory");

    Files.delete(file);
    Files.move(aside, file);
    closed.get(10, TimeUnit.SECONDS);
    assertThat(file).doesNotExist();
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
