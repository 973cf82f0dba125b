package dev.twofold.pipelines.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every {@code conf/*.yaml}. */
class ShippedConfigurationsTest {

  static Stream<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("../conf"))) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void reads(Path file) {
    Experiment experiment =
        new ConfigurationReader(Map.of("TWOFOLD_DATA", "data")).read(file, List.of());

    assertThat(experiment.configuration().name() + ".yaml")
        .isEqualTo(file.getFileName().toString());
  }

  @ParameterizedTest
  @MethodSource("files")
  void saysWhatItReproducesHowLongItTakesAndHowToRunIt(Path file) throws IOException {
    assertThat(Files.readString(file))
        .startsWith("# yaml-language-server: $schema=twofold.schema.json\n#\n# ")
        .contains("# Takes: ", "# Should reach", "./twofold run conf/" + file.getFileName());
  }
}
