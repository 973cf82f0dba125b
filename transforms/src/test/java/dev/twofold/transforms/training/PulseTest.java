package dev.twofold.transforms.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PulseTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration POLL = Duration.ofMillis(20);

  /** Looks in a row: the first may meet a thread that is only in a call. */
  private static final int STILL = 20;

  private static Pulse of(Runnable work) {
    Thread thread = new Thread(work, "work");
    thread.setDaemon(true);
    thread.start();
    return new Pulse(thread);
  }

  private static void await(Pulse pulse, boolean getsOn, int times) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (int seen = 0; seen < times; ) {
      seen = pulse.getsOn() == getsOn ? seen + 1 : 0;
      assertThat(System.nanoTime() < deadline).as("seen within " + PATIENCE).isTrue();
      Thread.sleep(POLL.toMillis());
    }
  }

  /** Its virtual machine is well all the while. */
  @Test
  void aThreadThatHangsInNativeCodeDoesNotGetOn() throws Exception {
    try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Pulse pulse =
          of(
              () -> {
                try {
                  nobody.accept().close();
                } catch (IOException closed) {
                  // which ends the thread
                }
              });
      await(pulse, false, STILL);
    }
  }

  @Test
  void aThreadGetsOnByWhatItMakesBetweenTwoCalls() throws Exception {
    Semaphore calls = new Semaphore(0);
    AtomicReference<byte[]> batch = new AtomicReference<>();
    Pulse pulse =
        of(
            () -> {
              while (true) {
                calls.acquireUninterruptibly();
                batch.set(new byte[1000]);
              }
            });
    await(pulse, false, STILL);
    calls.release();
    await(pulse, true, 1);
    await(pulse, false, STILL);
    assertThat(batch.get()).hasSize(1000);
  }

  /** As a decomposition of a large matrix does, for long. */
  @Test
  void aThreadThatComputesGetsOnWithoutAnObject() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean done = new AtomicBoolean();
    Pulse pulse =
        of(
            () -> {
              begun.countDown();
              while (!done.get()) {
                Thread.onSpinWait();
              }
            });
    begun.await();
    for (int times = 0; times < 20; times++) {
      assertThat(pulse.getsOn()).isTrue();
      Thread.sleep(POLL.toMillis());
    }
    done.set(true);
  }
}
