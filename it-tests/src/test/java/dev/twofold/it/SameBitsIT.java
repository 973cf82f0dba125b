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
    List<String> sets = new ArrayList<>();
    // Columns that mix need images of one size.
    for (String set :
        List.of(
            "repeats=1",
            "datasets.grey.size=16",
            "methods.cross-stitch={}",
            "methods.nddr-cnn={}",
            "methods.mtda={}")) {
      sets.addAll(List.of("--set", set));
    }
    assertThat(cli.run(with(sets, "report", "--fresh")).expect(2).err())
        .contains("Invalid option --fresh: small has no fresh attempt in ");
    cli.run(with(sets, "run", "--fresh")).expect(0);
    cli.run(with(sets, "run", "--fresh")).expect(0);

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

    assertThat(cli.run(with(sets, "report", "--fresh")).expect(0).out())
        .startsWith("Fresh attempt 2\n");
    assertThat(cli.run(with(sets, "plan", "--attempt", "1")).expect(0).out())
        .startsWith("small, fresh attempt 1 in ")
        .contains("0 of 7 trials");
    assertThat(cli.run(with(sets, "run", "--attempt", "3")).expect(2).err())
        .contains("Invalid option --attempt: 3 (must be 1 to 2, the latest of small in ");
  }

  private static String[] with(List<String> sets, String command, String... options) {
    List<String> arguments = new ArrayList<>(List.of(command, Setting.CONFIGURATION));
    arguments.addAll(sets);
    arguments.addAll(List.of(options));
    return arguments.toArray(String[]::new);
  }
}
