package dev.twofold.tracking;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The Pythons of this machine that may make the local MLflow server's environment. */
public final class Pythons {
  /** Variable that names the one to take. */
  static final String CHOICE = "TWOFOLD_PYTHON";

  /** Python 3's least minor version. */
  public static final int OLDEST_MINOR = 10;

  /** The newest minor version that the pinned packages are known to run on. */
  private static final int NEWEST_TRIED_MINOR = 13;

  private static final String VERSION = "import sys; print('%d.%d.%d' % sys.version_info[:3])";
  private static final Pattern ANSWER = Pattern.compile("(\\d+)\\.(\\d+)(\\.\\d+)?");

  /** Program that fails where the modules are missing that make an environment. */
  private static final String VENV = "import venv, ensurepip";

  /**
   * The launcher looks for the same. Not all of the pinned packages are built for Python 3.15, and
   * to build them takes compilers.
   */
  private static final List<String> NAMES =
      List.of(
          "python3",
          "python",
          "python3.13",
          "python3.12",
          "python3.11",
          "python3.10",
          "python3.14");

  private Pythons() {}

  /** Has a Python run a program. */
  @FunctionalInterface
  public interface Asking {
    /** The last line of its answer; empty where there is no such Python, or the program fails. */
    Optional<String> ask(String python, String program);
  }

  /**
   * A Python that runs.
   *
   * @param version as in 3.11.2
   */
  public record Python(String path, String version, int major, int minor) {

    private static Optional<Python> asked(String path, Asking asking) {
      return asking
          .ask(path, VERSION)
          .map(ANSWER::matcher)
          .filter(Matcher::matches)
          .map(
              answer ->
                  new Python(
                      path,
                      answer.group(),
                      Integer.parseInt(answer.group(1)),
                      Integer.parseInt(answer.group(2))));
    }

    private boolean isRecent() {
      return major == 3 && minor >= OLDEST_MINOR;
    }

    private boolean isTried() {
      return minor <= NEWEST_TRIED_MINOR;
    }
  }

  /**
   * The Pythons of this machine by what they are good for.
   *
   * @param best the one to take: of those that are recent and have venv the first that the pinned
   *     packages are known to run on, or else the first
   * @param withoutVenv the first of those that are recent and lack it
   * @param tooOld those that are not recent
   */
  public record Choice(Optional<Python> best, Optional<Python> withoutVenv, List<Python> tooOld) {

    public Choice {
      tooOld = List.copyOf(tooOld);
    }
  }

  /** Asks the candidates, up to the first that is as wanted. */
  public static Choice choose(Map<String, String> environment, Asking asking) {
    List<Python> tooOld = new ArrayList<>();
    Optional<Python> untried = Optional.empty();
    Optional<Python> withoutVenv = Optional.empty();
    for (String candidate : candidates(environment)) {
      Optional<Python> python = Python.asked(candidate, asking);
      if (python.isEmpty()) {
        continue;
      }
      if (!python.get().isRecent()) {
        tooOld.add(python.get());
      } else if (asking.ask(candidate, VENV).isEmpty()) {
        withoutVenv = withoutVenv.or(() -> python);
      } else if (python.get().isTried()) {
        return new Choice(python, withoutVenv, tooOld);
      } else {
        untried = untried.or(() -> python);
      }
    }
    return new Choice(untried, withoutVenv, tooOld);
  }

  static Optional<String> chosen(Map<String, String> environment) {
    return Optional.ofNullable(environment.get(CHOICE)).filter(each -> !each.isBlank());
  }

  /** The chosen one, or those on the path; nobody has asked yet whether they run and how old. */
  public static List<String> candidates(Map<String, String> environment) {
    return chosen(environment).map(List::of).orElseGet(() -> onPath(environment));
  }

  private static List<String> onPath(Map<String, String> environment) {
    List<Path> directories =
        Pattern.compile(File.pathSeparator, Pattern.LITERAL)
            .splitAsStream(environment.getOrDefault("PATH", ""))
            .filter(directory -> !directory.isEmpty())
            .map(Path::of)
            .toList();
    return NAMES.stream()
        .flatMap(name -> directories.stream().map(directory -> directory.resolve(name)))
        .filter(candidate -> Files.isExecutable(candidate) && !Files.isDirectory(candidate))
        .map(Path::toString)
        .toList();
  }
}
