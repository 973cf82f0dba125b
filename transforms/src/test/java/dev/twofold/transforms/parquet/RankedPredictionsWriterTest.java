package dev.twofold.transforms.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.io.LocalInputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RankedPredictionsWriterTest {

  @Test
  void columnsThatDoNotApplyAreNull(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("x.parquet");
    try (RankedPredictionsWriter writer = new RankedPredictionsWriter(file)) {
      writer.write("a.png", 1, "mug", .75f, null);
      writer.write("b.png", null, null, null, "empty file");
    }
    assertThat(rows(file))
        .containsExactly(
            """
            {"image": "a.png", "rank": 1, "class": "mug", "probability": 0.75, "error": null}""",
            """
            {"image": "b.png", "rank": null, "class": null, "probability": null, "error": "empty file"}""");
  }

  private static List<String> rows(Path file) throws IOException {
    List<String> rows = new ArrayList<>();
    try (ParquetReader<GenericRecord> reader =
        AvroParquetReader.<GenericRecord>builder(
                new LocalInputFile(file), new PlainParquetConfiguration())
            .withDataModel(GenericData.get())
            .withCodecFactory(new ZstdCodecs())
            .build()) {
      for (GenericRecord row = reader.read(); row != null; row = reader.read()) {
        rows.add(row.toString());
      }
    }
    return rows;
  }
}
