package dev.twofold.pipelines.command;

import dev.twofold.pipelines.run.UsageException;
import dev.twofold.tracking.ManagedServer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code twofold ui}. */
@Command(
    name = "ui",
    mixinStandardHelpOptions = true,
    description =
        "Starts the managed MLflow server where it does not run, and prints its address. It keeps"
            + " running until `twofold ui --stop`.%n")
final class UiCommand implements Callable<Integer> {

  @Option(names = "--stop", description = "Ends the server.")
  private boolean stop;

  @Option(names = "--port", paramLabel = "PORT", description = "Port to start it on.")
  private Integer port;

  @Override
  public Integer call() {
    if (port != null && (port < 1 || port > 65535)) {
      throw new UsageException("Invalid --port: %d (must be from 1 to 65535)".formatted(port));
    }
    ManagedServer server = ManagedServer.of(System.getenv(), System.out::println);
    if (stop) {
      System.out.println(server.stop() ? "The MLflow server has ended." : "No server was running.");
      return 0;
    }
    ManagedServer.Running running = port == null ? server.start() : server.startOn(port);
    System.out.println("MLflow: " + running.uri());
    return 0;
  }
}
