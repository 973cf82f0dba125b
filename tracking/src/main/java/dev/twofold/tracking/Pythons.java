package dev.twofold.tracking;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The Pythons of this machine that may make the local MLflow server's environment. */
public final class Pythons {
  /** Variable that names the one to take. */
  static final String CHOICE = "TWOFOLD_PYTHON";

  /** Python 3's least minor version. */
  public static final int OLDEST_MINOR = 10;

  /** Program that fails where the modules are missing that make an environment. */
  public static final String VENV = "import venv, ensurepip";

  /** The newest minor version that the pinned packages are known to run on. */
  static final int NEWEST_TRIED_MINOR = 13;

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
