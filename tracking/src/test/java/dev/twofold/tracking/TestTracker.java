package dev.twofold.tracking;

import java.nio.file.Path;

/** Trackers with this process's environment, whose progress nobody hears. */
final class TestTracker {

  private TestTracker() {}

  static Tracker connect(String uri, Path workdir) {
    return Tracker.connect(uri, workdir, System.getenv(), line -> {});
  }
}
