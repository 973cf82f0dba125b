package dev.twofold.pipelines.command;

import dev.twofold.pipelines.run.Versions;
import picocli.CommandLine.IVersionProvider;

/** Twofold's version and those of what its numbers depend on. */
final class VersionText implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return Versions.all().entrySet().stream()
        .filter(version -> !version.getValue().isEmpty())
        .map(version -> version.getKey() + " " + version.getValue())
        .toArray(String[]::new);
  }
}
