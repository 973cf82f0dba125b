package dev.twofold.transforms.training;

import com.sun.management.ThreadMXBean;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.time.Duration;

/**
 * Tells a parent that a thread of this process gets on. A process whose thread hangs, in a GPU's
 * driver or on a mount that does not answer, is otherwise well: to be alive is no sign of life.
 */
final class Pulse {
  private static final Duration EVERY = Duration.ofSeconds(1);

  private final ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
  private final long thread;
  private long allocated;

  Pulse(Thread thread) {
    this.thread = thread.getId();
  }

  /** Prints an event a second as long as the calling thread gets on. */
  static void start(PrintStream events) {
    Thread thread = Thread.currentThread();
    Thread beat = new Thread(() -> new Pulse(thread).beat(events), "pulse");
    beat.setDaemon(true);
    beat.start();
  }

  private void beat(PrintStream events) {
    try {
      while (true) {
        Thread.sleep(EVERY.toMillis());
        if (seemsToGetOn()) {
          events.println("{\"event\":\"alive\"}");
          events.flush();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What cannot be told, as for lack of memory, is no sign of a hang. */
  private boolean seemsToGetOn() {
    try {
      return getsOn();
    } catch (OutOfMemoryError | RuntimeException e) {
      return true;
    }
  }

  /**
   * Whether the thread has made objects since this was last asked, as it does between any two calls
   * of native code, or computes in Java, which may take hours without an object.
   */
  boolean getsOn() {
    long before = allocated;
    allocated = threads.getThreadAllocatedBytes(thread);
    return allocated != before || computes();
  }

  private boolean computes() {
    ThreadInfo info = threads.getThreadInfo(thread);
    return info != null && info.getThreadState() == Thread.State.RUNNABLE && !info.isInNative();
  }
}
