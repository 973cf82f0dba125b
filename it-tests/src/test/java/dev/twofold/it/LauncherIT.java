package dev.twofold.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.tracking.Pythons;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The script {@code twofold}, over a project whose build packs {@link Program}: it writes into the
 * jar that is there, as Maven's Shade plugin does.
 */
final class LauncherIT {
  private static final Path SCRIPT = Path.of("..", "twofold");
  private static final String TOOLS =
      "cat cp date dirname find flock git grep head ln locale mkdir readlink rm sed sh tail tee tr uname";

  @TempDir private Path home;

  /**
   * Waits for the end of its standard input, then reads a resource of its jar; and takes its second
   * argument for a file's name, where it has one.
   */
  static final class Program {
    public static void main(String[] arguments) throws IOException {
      System.in.readAllBytes();
      try (InputStream text = Program.class.getResourceAsStream("/version")) {
        System.out.println(new String(text.readAllBytes(), StandardCharsets.UTF_8));
      }
      if (arguments.length > 1) {
        System.out.println(Path.of(arguments[1]));
      }
    }
  }

  @BeforeEach
  void aProject() throws IOException {
    Files.copy(SCRIPT, home.resolve("twofold"));
    for (String module : List.of("models", "transforms", "tracking", "pipelines/target")) {
      Files.createDirectories(home.resolve(module));
    }
    script("mvnw", "echo built >>target/builds.log\ncat next.jar >pipelines/target/twofold.jar");
    change("one");
  }

  @Test
  void aBuildIsUsedUntilASourceChanges() throws IOException, InterruptedException {
    assertThat(end(start())).isEqualTo("one");
    assertThat(end(start())).isEqualTo("one");
    assertThat(builds()).isEqualTo(1);

    change("two");

    assertThat(end(start())).isEqualTo("two");
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void aBuildLeavesTheJarOfACommandThatRuns() throws IOException, InterruptedException {
    Process before = start();
    while (before.isAlive() && copies() == 0) {
      Thread.sleep(20);
    }
    change("two");

    assertThat(end(start())).isEqualTo("two");
    assertThat(copies()).as("the one that runs, and the next").isEqualTo(2);
    assertThat(end(before)).isEqualTo("one");

    change("three");
    assertThat(end(start())).isEqualTo("three");
    assertThat(copies()).as("what nothing runs from is deleted").isEqualTo(1);
  }

  /** Without a locale, as cron has it, or in one that is not installed. */
  @Test
  void aNameIsReadInWhateverLocale() throws IOException, InterruptedException {
    String named =
        "exec sh '%s' --version \"$(printf 'w\\303\\266rk')\"".formatted(home.resolve("twofold"));
    for (String locale : List.of("LANG=", "LC_ALL=POSIX", "LC_ALL=xx_XX.UTF-8", "LANG=xx_XX")) {
      Process process =
          new ProcessBuilder(
                  "env",
                  "-i",
                  "PATH=" + System.getenv("PATH"),
                  "JAVA_HOME=" + System.getProperty("java.home"),
                  locale,
                  "sh",
                  "-c",
                  named)
              .redirectError(home.resolve("err").toFile())
              .start();
      assertThat(end(process)).as(locale).isEqualTo("one\nwörk");
    }
  }

  @Test
  void aPythonIsMissedBeforeTheBuild() throws IOException, InterruptedException {
    write("mine.yaml", "extends: [sub/base.yaml]");
    write("sub/base.yaml", "name: base");

    assertThat(end(start("/nowhere/python", "mine.yaml"), 6)).isEmpty();
    assertThat(said())
        .isEqualTo(
            "twofold: Cannot install the local MLflow server: /nowhere/python is not Python 3.10 or newer with venv (install python3 and python3-venv, name one in TWOFOLD_PYTHON, or use --set tracking.uri=offline)");
    assertThat(home.resolve("target")).doesNotExist();
  }

  @Test
  void aPythonMayLieInAFolderWithASpace() throws IOException, InterruptedException {
    write("mine.yaml", "name: mine");
    String python = script("of mine/python", "exit 0").toString();
    assertThat(end(start(python, "mine.yaml"))).isEqualTo("one\nmine.yaml");
  }

  @Test
  void aPythonThatIsTooOldHidesNoOther() throws IOException, InterruptedException {
    write("mine.yaml", "name: mine");
    script("old/python3", "exit 1");
    ProcessBuilder builder = builder("run", "mine.yaml");
    builder.environment().remove("TWOFOLD_PYTHON");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("PATH", home.resolve("old") + ":" + tools());
    end(builder.start(), 6);
    assertThat(said()).contains("no Python on the PATH is not Python 3.10 or newer with venv");

    script("tools/python3.14", "exit 0");
    assertThat(end(builder.start())).isEqualTo("one\nmine.yaml");
  }

  /** A folder with the commands that the launcher calls, and no Python. */
  private Path tools() throws IOException {
    for (String name : TOOLS.split(" ", -1)) {
      Optional<Path> tool =
          Stream.of(System.getenv("PATH").split(":", -1))
              .map(folder -> Path.of(folder, name))
              .filter(Files::isExecutable)
              .findFirst();
      if (tool.isPresent()) {
        script("tools/" + name, "exec '%s' \"$@\"".formatted(tool.get()));
      }
    }
    return home.resolve("tools");
  }

  /** What Java finds, the launcher may not miss. */
  @Test
  void itLooksForThePythonsThatJavaLooksFor() throws IOException {
    List<String> names =
        Stream.concat(
                Stream.of("python", "python3"),
                IntStream.range(0, 30).mapToObj(minor -> "python3." + minor))
            .toList();
    for (String name : names) {
      script("all/" + name, "exit 0");
    }
    String found =
        Pythons.candidates(Map.of("PATH", home.resolve("all").toString())).stream()
            .map(candidate -> Path.of(candidate).getFileName().toString())
            .collect(Collectors.joining(" "));
    assertThat(Files.readString(SCRIPT)).contains("for name in " + found + "; do");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "extends: sub/base.yaml # with a server",
        "extends: [other.yaml, 'sub/base.yaml']",
        "extends: [\n  other.yaml,\n  sub/base.yaml\n]\nname: mine",
        "extends:\n  - other.yaml\n  # and\n  - \"sub/base.yaml\"\nname: mine",
        "extends:\r\n- other.yaml\r\n- sub/base.yaml\r\nname: mine\r\n"
      })
  void noPythonIsAskedForWhereAServerIsNamedBelow(String text)
      throws IOException, InterruptedException {
    write("mine.yaml", text);
    write("other.yaml", "name: other");
    write("sub/base.yaml", "tracking: {uri: offline}");
    assertThat(end(start("/nowhere/python", "mine.yaml"))).isEqualTo("one\nmine.yaml");
  }

  @Test
  void namesThatAreNotOfTheListAreNoBases() throws IOException, InterruptedException {
    write("mine.yaml", "extends:\n  - other.yaml\nnotes:\n  - sub/base.yaml\n");
    write("other.yaml", "name: other");
    write("sub/base.yaml", "tracking: {uri: offline}");
    end(start("/nowhere/python", "mine.yaml"), 6);
  }

  @Test
  void whatExtendsItselfIsLeftToJava() throws IOException, InterruptedException {
    write("mine.yaml", "extends: [other.yaml, other.yaml]");
    write("other.yaml", "extends: mine.yaml");
    assertThat(end(start("/nowhere/python", "mine.yaml"))).isEqualTo("one\nmine.yaml");
  }

  @Test
  void aHomeIsNotNeeded() throws IOException, InterruptedException {
    write("mine.yaml", "name: mine");
    ProcessBuilder builder = builder("run", "mine.yaml");
    builder.environment().keySet().removeAll(List.of("HOME", "TWOFOLD_HOME"));
    builder.environment().put("TWOFOLD_PYTHON", script("python", "exit 0").toString());
    assertThat(end(builder.start())).isEqualTo("one\nmine.yaml");
  }

  @Test
  void aFailedBuildSaysWhatMavenSaid() throws IOException, InterruptedException {
    mavenFails("[WARNING] Could not transfer a: timed out", "[ERROR] COMPILATION ERROR :");
    assertThat(said()).contains("[ERROR] COMPILATION ERROR :").endsWith(failed("Maven failed"));

    mavenFails("[WARNING] Could not transfer a: timed out", "[ERROR] Failed to execute goal shade");
    assertThat(said()).contains("goal shade").endsWith(failed("Maven failed"));

    mavenFails("a word in a strange tongue");
    assertThat(said()).contains("strange tongue").endsWith(failed("Maven failed"));
  }

  @Test
  void aFailedBuildSaysWhatToMend() throws IOException, InterruptedException {
    mavenFails("[ERROR] Non-resolvable parent POM: Could not transfer artifact a");
    assertThat(said()).contains("Cannot build: Maven's repository is not reachable (go online");

    mavenFails("wget: Failed to fetch https://repo.maven.apache.org/a.zip");
    assertThat(said()).contains("Cannot build: Maven's repository is not reachable (go online");

    mavenFails("[ERROR] Cannot write a.class: No space left on device");
    assertThat(said()).contains("Cannot build: the disk is full (make room where " + real());
  }

  /** A folder in the lock's place, which not even root can write. */
  @Test
  void aFolderThatCannotBeWrittenIsNamed() throws IOException, InterruptedException {
    Files.createDirectories(home.resolve("target/build.lock"));
    end(start(), 1);
    assertThat(said())
        .isEqualTo(
            "twofold: Cannot build: %s/target cannot be written (make it writable, or clone Twofold into a folder of your own)"
                .formatted(real()));
  }

  private void mavenFails(String... lines) throws IOException, InterruptedException {
    Files.write(home.resolve("lines"), List.of(lines));
    script("mvnw", "cat lines\nexit 1");
    end(start(), 1);
  }

  private String failed(String why) throws IOException {
    return "twofold: Cannot build: %s (log: %s/target/build.log)".formatted(why, real());
  }

  private Path real() throws IOException {
    return home.toRealPath();
  }

  private void write(String file, String text) throws IOException {
    Path path = home.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private Path script(String name, String body) throws IOException {
    write(name, "#!/bin/sh\n" + body + "\n");
    return Files.setPosixFilePermissions(
        home.resolve(name), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Changes a source, and what the next build packs. */
  private void change(String version) throws IOException {
    Path jar = home.resolve("next.tmp");
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Program.class.getName());
    String program = Program.class.getName().replace('.', '/') + ".class";
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest);
        InputStream code = Program.class.getResourceAsStream("/" + program)) {
      out.putNextEntry(new ZipEntry(program));
      code.transferTo(out);
      out.putNextEntry(new ZipEntry("version"));
      out.write(version.getBytes(StandardCharsets.UTF_8));
    }
    Files.move(jar, home.resolve("next.jar"), StandardCopyOption.REPLACE_EXISTING);
    Path source = Files.writeString(home.resolve("pom.xml"), version);
    // After the jar that was packed in the same moment
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusMillis(20)));
  }

  private Process start() throws IOException {
    return builder("--version").start();
  }

  /** A run that would install MLflow with this Python. */
  private Process start(String python, String configuration) throws IOException {
    ProcessBuilder builder = builder("run", configuration);
    builder.environment().put("TWOFOLD_PYTHON", python);
    return builder.start();
  }

  private ProcessBuilder builder(String... arguments) {
    List<String> command =
        Stream.concat(Stream.of("sh", home.resolve("twofold").toString()), Stream.of(arguments))
            .toList();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(home.toFile())
            .redirectError(home.resolve("err").toFile());
    builder.environment().put("TWOFOLD_HOME", home.resolve("nothing installed").toString());
    return builder;
  }

  private String said() throws IOException {
    return Files.readString(home.resolve("err")).strip();
  }

  private String end(Process process) throws IOException, InterruptedException {
    return end(process, 0);
  }

  private String end(Process process, int code) throws IOException, InterruptedException {
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said()).isEqualTo(code);
    return out.strip();
  }

  private long builds() throws IOException {
    return Files.readAllLines(home.resolve("target/builds.log")).size();
  }

  private long copies() throws IOException {
    Path builds = home.resolve("target/builds");
    if (!Files.exists(builds.resolve("current"))) {
      return 0;
    }
    try (Stream<Path> folders = Files.list(builds)) {
      return folders.filter(folder -> !Files.isSymbolicLink(folder)).count();
    }
  }
}
