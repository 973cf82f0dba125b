package dev.twofold.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Same seed, same threads, same machine: the same bits, for every method. */
final class SameBitsIT {

  @Test
  void twoFreshAttemptsHaveTheSameBits(@TempDir Path folder)
      throws IOException, InterruptedException {
    Setting.write(folder);
    Cli cli = new Cli(folder);
    Workdir workdir = new Workdir(folder.resolve("twofold-work"));
    List<String> fresh = new ArrayList<>(List.of("run", Setting.CONFIGURATION, "--fresh"));
    // Columns that mix need images of one size.
    for (String set :
        List.of(
            "repeats=1",
            "datasets.grey.size=16",
            "methods.cross-stitch={}",
            "methods.nddr-cnn={}",
            "methods.mtda={}")) {
      fresh.addAll(List.of("--set", set));
    }
    cli.run(fresh.toArray(String[]::new)).expect(0);
    cli.run(fresh.toArray(String[]::new)).expect(0);

    Map<String, List<String>> first = workdir.bits(1);
    assertThat(first.keySet())
        .anyMatch(unit -> unit.startsWith("pretrain "))
        .anyMatch(unit -> unit.startsWith("train single-task [grey]"))
        .anyMatch(unit -> unit.startsWith("train single-task [colour]"))
        .anyMatch(unit -> unit.startsWith("train multi-task "))
        .anyMatch(unit -> unit.startsWith("train mtal "))
        .anyMatch(unit -> unit.startsWith("train damtl "))
        .anyMatch(unit -> unit.startsWith("train cross-stitch "))
        .anyMatch(unit -> unit.startsWith("train nddr-cnn "))
        .anyMatch(unit -> unit.startsWith("train mtda "));
    assertThat(first.values())
        .allSatisfy(
            numbers -> assertThat(numbers).anyMatch(number -> number.startsWith("\"accuracy/")));
    assertThat(workdir.bits(2)).isEqualTo(first);
  }
}
