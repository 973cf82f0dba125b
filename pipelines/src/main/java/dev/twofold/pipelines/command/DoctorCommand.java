package dev.twofold.pipelines.command;

import dev.twofold.pipelines.configuration.Configuration;
import dev.twofold.pipelines.doctor.Diagnosis;
import dev.twofold.pipelines.doctor.Doctor;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code twofold doctor}. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description =
        "Checks what a run needs of this machine, and says what to do where it lacks it.%n")
final class DoctorCommand implements Callable<Integer> {
  @Option(
      names = "--workdir",
      paramLabel = "DIR",
      defaultValue = Configuration.WORKDIR,
      description =
          "Folder that must take what runs write, and have the room (default: ${DEFAULT-VALUE}).")
  private Path workdir;

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  @Override
  public Integer call() {
    Diagnosis diagnosis = new Doctor(workdir, System.getenv()).examine();
    System.out.print(json ? diagnosis.json() : diagnosis.text());
    return diagnosis.healthy() ? 0 : Twofold.FAILED;
  }
}
