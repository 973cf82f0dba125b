package dev.twofold.tracking;

import java.util.ArrayList;
import java.util.List;

/** Ends processes as a crash does. */
final class Processes {
  private Processes() {}

  /** The process and all below it, at once and without warning. */
  static void kill(long pid) {
    ProcessHandle leader = ProcessHandle.of(pid).orElseThrow();
    List<ProcessHandle> all = new ArrayList<>(leader.descendants().toList());
    all.add(leader);
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(each -> each.onExit().join());
  }

  /** The process alone. */
  static void killOnly(long pid) {
    ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
    process.destroyForcibly();
    process.onExit().join();
  }
}
