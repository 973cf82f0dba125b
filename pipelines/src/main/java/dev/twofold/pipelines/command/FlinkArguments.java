package dev.twofold.pipelines.command;

import picocli.CommandLine.Option;

/** Which Flink a command's pipeline runs on. */
final class FlinkArguments {
  private static final String EMBEDDED = "[local]";

  @Option(
      names = "--flink",
      paramLabel = "HOST:PORT",
      defaultValue = EMBEDDED,
      description =
          "Session cluster's REST address, which must see the working folder and the data at the"
              + " same paths; embedded Flink without it.")
  private String master;

  String master() {
    return master;
  }

  boolean isEmbedded() {
    return master.equals(EMBEDDED);
  }
}
