package dev.twofold.transforms.parquet;

import java.io.IOException;
import java.nio.file.Path;
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

/**
 * Writes the most probable classes of images: image, rank, class, probability, error; null where a
 * column does not apply.
 */
public final class RankedPredictionsWriter implements AutoCloseable {
  private static final Schema SCHEMA =
      SchemaBuilder.record("Prediction")
          .namespace("dev.twofold")
          .fields()
          .requiredString("image")
          .optionalInt("rank")
          .optionalString("class")
          .optionalFloat("probability")
          .optionalString("error")
          .endRecord();

  private final ParquetWriter<GenericRecord> writer;

  public RankedPredictionsWriter(Path file) throws IOException {
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

  /** One row: a rank, class and probability, or an error. */
  public void write(String image, Integer rank, String className, Float probability, String error)
      throws IOException {
    writer.write(
        new GenericRecordBuilder(SCHEMA)
            .set("image", image)
            .set("rank", rank)
            .set("class", className)
            .set("probability", probability)
            .set("error", error)
            .build());
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
