package dev.twofold.it;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script {@code twofold}, over a project whose build packs {@link Program}: it writes into the
 * jar that is there, as Maven's Shade plugin does.
 */
final class LauncherIT {
  private static final Path SCRIPT = Path.of("..", "twofold");

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
    Path maven = home.resolve("mvnw");
    Files.writeString(
        maven,
        "#!/bin/sh\necho built >>target/builds.log\ncat next.jar >pipelines/target/twofold.jar\n");
    Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwxr-xr-x"));
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
    return new ProcessBuilder("sh", home.resolve("twofold").toString(), "--version")
        .redirectError(home.resolve("err").toFile())
        .start();
  }

  private static String end(Process process) throws IOException, InterruptedException {
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
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
