package dev.twofold.pipelines.command;

import dev.twofold.models.EnumNames;
import dev.twofold.pipelines.compare.IncomparableException;
import dev.twofold.pipelines.configuration.ConfigurationException;
import dev.twofold.pipelines.configuration.NearestName;
import dev.twofold.pipelines.console.Terminal;
import dev.twofold.pipelines.plan.Stage;
import dev.twofold.pipelines.recorded.UnknownRunException;
import dev.twofold.pipelines.run.FlinkFolder;
import dev.twofold.pipelines.run.UsageException;
import dev.twofold.tracking.TrackingRefusedException;
import dev.twofold.transforms.artifacts.FileTrouble;
import dev.twofold.transforms.sources.DataRefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.ImageIO;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line. */
@Command(
    name = "twofold",
    mixinStandardHelpOptions = true,
    versionProvider = VersionText.class,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Trains image classifiers for several tasks at once whose inputs and labels both differ.",
      "",
      "One configuration describes datasets, an auxiliary network, groups of tasks and methods;"
          + " `twofold run` carries it out as one Beam pipeline on Flink and logs every trial to"
          + " MLflow. Whatever is there already is reused, so after any fault the same command"
          + " goes on.%n"
    },
    subcommands = {
      RunCommand.class,
      PlanCommand.class,
      ValidateCommand.class,
      ReportCommand.class,
      CompareCommand.class,
      ExportCommand.class,
      PredictCommand.class,
      UiCommand.class,
      SampleCommand.class,
      DoctorCommand.class,
      CommandLine.HelpCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:a trial or a stage failed",
      "2:wrong use or configuration",
      "3:data refused",
      "5:runs that cannot be compared",
      "6:tracking refused or undelivered",
      "130:interrupted; the same command goes on"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  twofold run conf/quickstart.yaml",
      "  twofold plan conf/office31.yaml --set repeats=5",
      "  twofold ui"
    })
public final class Twofold implements Runnable {
  static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final int DATA = 3;
  private static final int INCOMPARABLE = 5;
  static final int TRACKING = 6;
  static final int INTERRUPTED = 130;

  /** As of a process that SIGPIPE ends. */
  private static final int READER_GONE = 128 + 13;

  @Option(names = "--stack-trace", hidden = true, scope = CommandLine.ScopeType.INHERIT)
  private boolean stackTrace;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  public static void main(String[] arguments) {
    // Digits of some languages are other characters, in what machines read as well: file names,
    // escape sequences, LaTeX.
    Locale.setDefault(Locale.ROOT);
    // Of a display that does not answer, as in a terminal that outlived its connection, the first
    // picture would end with an error.
    System.setProperty("java.awt.headless", "true");
    // A cache in files wants a shutdown hook, which a run that is interrupted can no longer add
    // when it writes the pictures of its report.
    ImageIO.setUseCache(false);
    int code = execute(arguments);
    if (System.out.checkError() && code == 0) {
      code = unwritten();
    }
    if (code == INTERRUPTED) {
      FlinkFolder.deleteAll();
      // Within a shutdown System.exit would wait for itself.
      Runtime.getRuntime().halt(code);
    }
    System.exit(code);
  }

  /** A stream that prints swallows its errors: a full disk, or a reader that has what it wants. */
  private static int unwritten() {
    try {
      if (Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString().startsWith("pipe:")) {
        return READER_GONE;
      }
    } catch (IOException unknown) {
      // then it is said
    }
    System.err.println("twofold: Cannot write to standard output (is the disk full?)");
    return FAILED;
  }

  /** Runs a command and gives its exit code. */
  public static int execute(String... arguments) {
    CommandLine line = new CommandLine(new Twofold());
    line.setExecutionExceptionHandler(Twofold::report);
    line.setParameterExceptionHandler(Twofold::misused);
    line.setExecutionStrategy(Twofold::runKnown);
    line.setAbbreviatedOptionsAllowed(false);
    line.registerConverter(Stage.class, Twofold::stage);
    if (!Terminal.hasEscapes(System.getenv())) {
      line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
    }
    return line.execute(arguments);
  }

  private static Stage stage(String name) {
    return EnumNames.parse(Stage.class, name)
        .filter(Stage::isOfModels)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "must be pretrain, train or evaluate, not %s".formatted(name)));
  }

  /** With --help beside it an unknown command would pass for a question about all commands. */
  private static int runKnown(CommandLine.ParseResult result) {
    if (!result.unmatched().isEmpty()) {
      throw new UnmatchedArgumentException(result.commandSpec().commandLine(), result.unmatched());
    }
    return new CommandLine.RunLast().execute(result);
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private static int misused(ParameterException e, String[] arguments) {
    CommandLine line = e.getCommandLine();
    Optional<String> command = unknownCommand(e);
    if (command.isPresent()) {
      line.getErr()
          .printf(
              "twofold: Unknown command: %s (%s)%n",
              command.get(), NearestName.remedy(command.get(), line.getSubcommands().keySet()));
    } else {
      line.getErr().println("twofold: " + e.getMessage());
      UnmatchedArgumentException.printSuggestions(e, line.getErr());
    }
    line.getErr().printf("Try: %s --help%n", line.getCommandSpec().qualifiedName());
    return USAGE;
  }

  private static Optional<String> unknownCommand(ParameterException e) {
    boolean atRoot = e.getCommandLine().getCommandSpec().parent() == null;
    return atRoot && e instanceof UnmatchedArgumentException unmatched
        ? unmatched.getUnmatched().stream().filter(word -> !word.startsWith("-")).findFirst()
        : Optional.empty();
  }

  /** A user's mistake gets its message, and no stack trace. */
  private static int report(Exception e, CommandLine line, CommandLine.ParseResult result) {
    int code = code(e);
    line.getErr().println("twofold: " + message(e, code));
    if (line.getCommandSpec().root().userObject() instanceof Twofold twofold
        && twofold.stackTrace) {
      e.printStackTrace(line.getErr());
    }
    return code;
  }

  private static int code(Exception e) {
    if (e instanceof ConfigurationException
        || e instanceof UsageException
        || e instanceof UnknownRunException) {
      return USAGE;
    }
    if (e instanceof InterruptedException) {
      return INTERRUPTED;
    }
    if (e instanceof IncomparableException) {
      return INCOMPARABLE;
    }
    if (e instanceof DataRefusedException) {
      return DATA;
    }
    return e instanceof TrackingRefusedException ? TRACKING : FAILED;
  }

  private static String message(Exception e, int code) {
    return FileTrouble.text(e).orElseGet(() -> ownMessage(e, code));
  }

  private static String ownMessage(Exception e, int code) {
    boolean known = code != FAILED || e instanceof UncheckedIOException;
    if (known) {
      return e.getMessage();
    }
    String kind = e instanceof IOException ? "" : e.getClass().getSimpleName() + ": ";
    return kind + e.getMessage() + " (run again with --stack-trace for details)";
  }
}
