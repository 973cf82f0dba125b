package dev.twofold.pipelines.console;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalInt;

/** What the terminal can do that a person looks at. */
public final class Terminal {
  private static final int USUAL_COLUMNS = 80;

  /** Below this a line says nothing; a terminal that claims less is not measured right. */
  private static final int LEAST_COLUMNS = 20;

  private Terminal() {}

  /** Whether it can redraw lines and colour words; one that cannot calls itself dumb. */
  public static boolean hasEscapes(Map<String, String> environment) {
    return !"dumb".equals(environment.get("TERM"));
  }

  /** Its width: by COLUMNS where that is set, else as the terminal itself says. */
  static int columns(Map<String, String> environment) {
    return number(environment.getOrDefault("COLUMNS", ""))
        .orElseGet(() -> number(measured()).orElse(USUAL_COLUMNS));
  }

  private static OptionalInt number(String text) {
    return text.matches("[0-9]{1,4}") && Integer.parseInt(text) >= LEAST_COLUMNS
        ? OptionalInt.of(Integer.parseInt(text))
        : OptionalInt.empty();
  }

  /** Rows and columns are what stty prints; where there is no terminal it prints nothing. */
  private static String measured() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(Redirect.DISCARD)
              .start();
      String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return size.strip().replaceAll("^[0-9]+ ", "");
    } catch (IOException noTerminal) {
      return "";
    }
  }
}
