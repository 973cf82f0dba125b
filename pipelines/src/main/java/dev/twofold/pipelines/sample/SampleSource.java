package dev.twofold.pipelines.sample;

import dev.twofold.pipelines.configuration.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Writes the sample data when a configuration reads it and it is not there. */
public final class SampleSource {

  /** Folder that configurations name for it, and seed that it is written with. */
  private static final Path FOLDER = Path.of("sample-data");

  private static final long SEED = 1;

  private SampleSource() {}

  /** Writes it where a dataset's source is one of its archives and is missing. */
  public static void writeIfMissing(Configuration configuration, Consumer<String> progress)
      throws IOException {
    boolean missing =
        configuration.datasets().values().stream()
            .map(dataset -> Path.of(dataset.source()))
            .filter(source -> FOLDER.equals(source.getParent()))
            .anyMatch(source -> !Files.exists(source));
    if (missing) {
      progress.accept("Writing the sample data to " + FOLDER + " …");
      SampleData.write(FOLDER, SEED, progress);
    }
  }
}
