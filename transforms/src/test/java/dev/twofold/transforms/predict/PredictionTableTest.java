package dev.twofold.transforms.predict;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PredictionTableTest {

  @TempDir private Path folder;

  @Test
  void csvQuotesWhatNeedsIt() throws IOException {
    Path file = folder.resolve("x.csv");
    write(file);
    assertThat(Files.readString(file))
        .isEqualTo(
            """
            image,rank,class,probability,error\r
            a.png,1,"mug, blue",0.75,\r
            "b ""2"".png",,,,empty\r
            """);
  }

  @Test
  void parquetIsChosenByTheName() throws IOException {
    Path file = folder.resolve("x.PARQUET");
    write(file);
    assertThat(Files.readString(file, ISO_8859_1)).startsWith("PAR1").endsWith("PAR1");
  }

  private static void write(Path file) throws IOException {
    try (PredictionTable table = PredictionTable.open(file)) {
      table.predicted("a.png", 1, "mug, blue", .75f);
      table.failed("b \"2\".png", "empty");
    }
  }
}
