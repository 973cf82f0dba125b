package dev.twofold.transforms.parquet;

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

/** Reads a task's predictions. */
public final class PredictionsReader {

  private PredictionsReader() {}

  /**
   * What a model says of one test image.
   *
   * @param id of the image in its dataset
   * @param probability of the predicted class
   */
  public record Prediction(String id, String truth, String predicted, float probability) {}

  /** All of a file, in its order. */
  public static List<Prediction> read(Path file) throws IOException {
    List<Prediction> predictions = new ArrayList<>();
    try (ParquetReader<GenericRecord> reader =
        AvroParquetReader.<GenericRecord>builder(
                new LocalInputFile(file), new PlainParquetConfiguration())
            .withDataModel(GenericData.get())
            .withCodecFactory(new ZstdCodecs())
            .build()) {
      for (GenericRecord row = reader.read(); row != null; row = reader.read()) {
        predictions.add(prediction(row));
      }
    }
    return predictions;
  }

  private static Prediction prediction(GenericRecord row) {
    float highest = 0;
    for (Object probability : (List<?>) row.get("probabilities")) {
      highest = Math.max(highest, (Float) probability);
    }
    return new Prediction(
        row.get("id").toString(),
        row.get("class").toString(),
        row.get("predicted").toString(),
        highest);
  }
}
