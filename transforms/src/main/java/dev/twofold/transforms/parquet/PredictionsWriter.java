package dev.twofold.transforms.parquet;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;

/** Writes a task's predictions: id, class, predicted, probabilities in label order. */
public final class PredictionsWriter implements AutoCloseable {
  private static final Schema SCHEMA =
      SchemaBuilder.record("Prediction")
          .namespace("dev.twofold")
          .fields()
          .requiredString("id")
          .requiredString("class")
          .requiredString("predicted")
          .name("probabilities")
          .type()
          .array()
          .items()
          .floatType()
          .noDefault()
          .endRecord();

  private final ParquetWriter<GenericRecord> writer;

  public PredictionsWriter(Path file) throws IOException {
    this.writer =
        AvroParquetWriter.<GenericRecord>builder(new LocalOutputFile(file))
            .withSchema(SCHEMA)
            .withDataModel(GenericData.get())
            .withConf(new PlainParquetConfiguration())
            .withWriteMode(ParquetFileWriter.Mode.OVERWRITE)
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withCodecFactory(new ZstdCodecs())
            .build();
  }

  /** One row. */
  public void write(String id, String truth, String predicted, float[] probabilities)
      throws IOException {
    List<Float> values = new ArrayList<>();
    for (float probability : probabilities) {
      values.add(probability);
    }
    writer.write(
        new GenericRecordBuilder(SCHEMA)
            .set("id", id)
            .set("class", truth)
            .set("predicted", predicted)
            .set("probabilities", values)
            .build());
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
