package dev.twofold.pipelines.console;

import dev.twofold.pipelines.console.ProgressSnapshot.State;
import dev.twofold.pipelines.console.ProgressSnapshot.UnitProgress;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** One line a running unit and one for the whole, redrawn in place. */
final class TerminalDisplay implements ProgressDisplay {

  private static final String UP = "\u001b[%dA";
  private static final String CLEAR_TO_END_OF_LINE = "\u001b[K";
  private static final String CLEAR_BELOW = "\u001b[J";

  private final PrintStream out;
  private final int width;
  private int drawn;

  /**
   * A display on a terminal.
   *
   * @param columns of the terminal
   */
  TerminalDisplay(PrintStream out, int columns) {
    this.out = out;
    // In the last column terminals differ: what follows may wrap, or clear it.
    this.width = columns - 1;
  }

  @Override
  public void show(ProgressSnapshot snapshot) {
    StringBuilder frame = new StringBuilder();
    if (drawn > 0) {
      frame.append(UP.formatted(drawn));
    }
    List<String> lines = lines(snapshot);
    lines.forEach(
        line -> frame.append('\r').append(line).append(CLEAR_TO_END_OF_LINE).append('\n'));
    frame.append(CLEAR_BELOW);
    out.print(frame);
    out.flush();
    drawn = lines.size();
  }

  private List<String> lines(ProgressSnapshot snapshot) {
    List<UnitProgress> running =
        snapshot.units().stream().filter(unit -> unit.state() == State.RUNNING).toList();
    int widest = running.stream().mapToInt(unit -> name(unit).length()).max().orElse(0);
    List<String> lines = new ArrayList<>();
    for (UnitProgress unit : running) {
      String name = name(unit);
      String padding = " ".repeat(widest - name.length() + 2);
      lines.add(Text.cut(name + padding + ProgressLine.of(unit), width));
    }
    lines.add(Text.cut(ProgressLine.of(snapshot), width));
    return lines;
  }

  private String name(UnitProgress unit) {
    return Text.cut(Text.printable(unit.name()), width / 2);
  }

  @Override
  public void close() {
    out.flush();
  }
}
