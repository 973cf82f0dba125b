package dev.twofold.pipelines.command;

import dev.twofold.pipelines.run.FlinkOptions;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which Flink a command's pipeline runs on. */
final class FlinkArguments {
  private static final Pattern ADDRESS = Pattern.compile("[^\\s:/]+:\\d{1,5}");

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  private String master;

  @Option(
      names = "--flink",
      paramLabel = "HOST:PORT",
      defaultValue = FlinkOptions.EMBEDDED,
      description =
          "Session cluster's REST address, which must see the working folder and the data at the"
              + " same paths; embedded Flink without it.")
  void setMaster(String address) {
    if (!address.equals(FlinkOptions.EMBEDDED) && !ADDRESS.matcher(address).matches()) {
      throw new ParameterException(
          command.commandLine(),
          "Invalid --flink: %s (must be HOST:PORT of the session cluster's REST address, such as localhost:8081)"
              .formatted(address));
    }
    master = address;
  }

  String master() {
    return master;
  }

  boolean isEmbedded() {
    return master.equals(FlinkOptions.EMBEDDED);
  }
}
