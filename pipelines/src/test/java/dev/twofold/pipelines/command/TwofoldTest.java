package dev.twofold.pipelines.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TwofoldTest {
  private static final String CONFIGURATION =
      """
      name: a
      datasets: {x: {source: x.zip}}
      groups: {one: {tasks: [x]}}
      methods: {single-task: {start: scratch}}
      """;

  private final PrintStream err = System.err;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  @BeforeEach
  void listen() {
    System.setErr(new PrintStream(said, true, UTF_8));
  }

  @AfterEach
  void restore() {
    System.setErr(err);
  }

  @Test
  void anUnknownCommandIsNamedWithTheNearest() {
    assertThat(Twofold.execute("plam", "conf/quickstart.yaml")).isEqualTo(2);
    assertThat(said.toString(UTF_8))
        .isEqualTo("twofold: Unknown command: plam (did you mean `plan`?)\nTry: twofold --help\n");
  }

  /** The question is about a command that there is not. */
  @Test
  void anUnknownCommandIsNoneWithHelpEither() {
    assertThat(Twofold.execute("nonsense", "--help")).isEqualTo(2);
    assertThat(said.toString(UTF_8))
        .startsWith("twofold: Unknown command: nonsense (must be one of compare, doctor, export, ");
  }

  @Test
  void helpIsThereForAllCommandsAndForOne() {
    assertThat(Twofold.execute("--help")).isZero();
    assertThat(Twofold.execute("plan", "--help")).isZero();
    assertThat(said.toString(UTF_8)).isEmpty();
  }

  /** Not as YAML has it, to which a comment, a mapping and a quote are something. */
  @Test
  void aWorkdirIsTakenAsItStands(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("a.yaml"), CONFIGURATION);
    for (String name : List.of("/data/run #3", "/data/a: b's", "@x")) {
      ConfigurationArguments arguments = new ConfigurationArguments();
      new CommandLine(arguments).parseArgs("--workdir", name);

      assertThat(arguments.experiment(file).configuration().workdir()).isEqualTo(name);
    }
  }

  /** Of a path `s3://x` becomes `s3:/x`, a folder here. */
  @Test
  void anAddressAsWorkdirIsRefused(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("a.yaml"), CONFIGURATION);

    assertThat(Twofold.execute("validate", file.toString(), "--workdir", "s3://bucket/x"))
        .isEqualTo(2);
    assertThat(said.toString(UTF_8))
        .contains("Invalid workdir: s3://bucket/x", "must be a path of this machine");
  }

  /** Of one that has no effect nobody should believe that it had. */
  @Test
  void optionsOfWhatIsMadeAreNoneOfAValidation() {
    for (String option : List.of("--fresh", "--force=train", "--attempt=1")) {
      assertThat(Twofold.execute("validate", option, "conf/quickstart.yaml")).isEqualTo(2);
      assertThat(said.toString(UTF_8)).contains("Unknown option: '%s'".formatted(option));
    }
  }

  /** Without the option it would be about another attempt. */
  @Test
  void aReportOfAForcedStageIsWhereItsSummaryIs(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("a.yaml"), CONFIGURATION);
    Path workdir = folder.resolve("work");

    assertThat(
            Twofold.execute(
                "report", file.toString(), "--force", "train", "--workdir", workdir.toString()))
        .isEqualTo(2);
    assertThat(said.toString(UTF_8))
        .contains("what `run --force train` made", workdir + "/runs/a/summary-*/report)");
  }

  @Test
  void anUnknownOptionIsTheCommandsMatter() {
    assertThat(Twofold.execute("plan", "--jsom", "conf/quickstart.yaml")).isEqualTo(2);
    assertThat(said.toString(UTF_8)).contains("--jsom", "Try: twofold plan --help");
  }

  @Test
  void aFileWhereAFolderBelongsIsSaidToBeOne(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("sample"), "");

    assertThat(Twofold.execute("sample", file.toString())).isEqualTo(2);
    assertThat(said.toString(UTF_8))
        .isEqualTo(
            "twofold: Cannot write the sample data to %s: %s: a file has this name (must be a folder, or a name that nothing has)\n"
                .formatted(file, file));
  }

  @Test
  void aReportIsNotWrittenWhereAFileIs(@TempDir Path folder) throws IOException {
    try (ZipOutputStream zip =
        new ZipOutputStream(Files.newOutputStream(folder.resolve("x.zip")))) {
      for (String name : List.of("a/1.png", "a/2.png", "b/1.png", "b/2.png")) {
        zip.putNextEntry(new ZipEntry(name));
      }
    }
    Path archive = folder.resolve("x.zip");
    Path file =
        Files.writeString(
            folder.resolve("a.yaml"), CONFIGURATION.replace("x.zip", archive.toString()));
    String workdir = folder.resolve("work").toString();
    for (Path output : List.of(file, Path.of("/proc/twofold-report"))) {
      String[] report = {"report", file.toString(), "--workdir", workdir, "--output"};
      String[] arguments = Arrays.copyOf(report, report.length + 1);
      arguments[report.length] = output.toString();
      assertThat(Twofold.execute(arguments)).isEqualTo(2);
    }
    assertThat(said.toString(UTF_8))
        .isEqualTo(
            """
            twofold: Cannot write the report to %1$s: %1$s: a file has this name (must be a folder, or a name that nothing has)
            twofold: Cannot write the report to /proc/twofold-report: /proc/twofold-report cannot be made
            """
                .formatted(file));
  }

  @Test
  void oneRunIsComparedWithNothing() {
    assertThat(Twofold.execute("compare", "mtal/pair", "--workdir", "work")).isEqualTo(2);
    assertThat(said.toString(UTF_8))
        .isEqualTo(
            """
            twofold: Cannot compare mtal/pair alone: give two runs or more
            Try: twofold compare --help
            """);
  }

  @Test
  void aPortThatThereIsNotIsNamed() {
    for (String port : new String[] {"0", "70000"}) {
      assertThat(Twofold.execute("ui", "--port", port)).isEqualTo(2);
      assertThat(said.toString(UTF_8))
          .endsWith("twofold: Invalid --port: %s (must be from 1 to 65535)\n".formatted(port));
    }
  }
}
