package dev.twofold.pipelines.console;

import java.io.PrintStream;

/** Shows a run's progress to whom it may concern. */
public interface ProgressDisplay extends AutoCloseable {

  /** Who watches. */
  enum Audience {
    /** Lines are redrawn in place. */
    TERMINAL,
    /** A file or a pipe: lines are only added, and few of them. */
    PLAIN,
    /** A machine: one JSON object a line, where something has changed. */
    JSON
  }

  /** Shows a newer snapshot. */
  void show(ProgressSnapshot snapshot);

  /** Leaves the last snapshot standing; what is printed next begins on a line of its own. */
  @Override
  void close();

  /** The display for an audience. */
  static ProgressDisplay of(Audience audience, PrintStream out) {
    return switch (audience) {
      case TERMINAL -> new TerminalDisplay(out, Terminal.columns(System.getenv()));
      case PLAIN -> new PlainDisplay(out);
      case JSON -> new JsonDisplay(out);
    };
  }
}
