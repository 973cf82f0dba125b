package dev.twofold.transforms.parquet;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;

/** Writes one Parquet file of a dataset. */
public final class DatasetWriter implements AutoCloseable {
  /** One group is what a streaming reader holds at least. */
  private static final long ROW_GROUP_BYTES = 16L << 20;

  private final ParquetWriter<GenericRecord> writer;

  public DatasetWriter(Path file) throws IOException {
    this.writer =
        AvroParquetWriter.<GenericRecord>builder(new LocalOutputFile(file))
            .withSchema(RowSchema.all())
            .withDataModel(GenericData.get())
            .withConf(new PlainParquetConfiguration())
            .withWriteMode(ParquetFileWriter.Mode.OVERWRITE)
            .withWriterVersion(WriterVersion.PARQUET_1_0)
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withCodecFactory(new ZstdCodecs())
            .withRowGroupSize(ROW_GROUP_BYTES)
            .withDictionaryEncoding(RowSchema.PIXELS, false)
            .withStatisticsEnabled(RowSchema.PIXELS, false)
            .withPageWriteChecksumEnabled(false)
            .build();
  }

  public void write(RowInfo row, byte[] pixels) throws IOException {
    writer.write(RowSchema.record(row, pixels));
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
