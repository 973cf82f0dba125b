package dev.twofold.transforms.parquet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.avro.AvroReadSupport;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.filter2.predicate.FilterApi;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.api.Binary;

/** Reads the Parquet files of a dataset. */
public final class DatasetReader {

  private DatasetReader() {}

  /** Takes a row. */
  @FunctionalInterface
  public interface RowConsumer {
    void accept(RowInfo row, byte[] pixels) throws IOException;
  }

  /** Takes a row's index columns. */
  @FunctionalInterface
  interface IndexConsumer {
    void accept(String id, String className, String sourceSplit, String contentSha256);
  }

  /** Takes pixels with the row's position in what is read. */
  @FunctionalInterface
  interface PixelsConsumer {
    void accept(int position, GenericRecord pixels);
  }

  /** A dataset's Parquet files, in the order of their names. */
  public static List<Path> parts(Path dataset) throws IOException {
    try (Stream<Path> files = Files.list(dataset)) {
      return files
          .filter(file -> file.getFileName().toString().matches("part-\\d+\\.parquet"))
          .sorted()
          .toList();
    }
  }

  /** All rows of one file, as they stand. */
  public static void forEach(Path part, RowConsumer consumer) throws IOException {
    try (ParquetReader<GenericRecord> reader = reader(part, RowSchema.all(), 0, Long.MAX_VALUE)) {
      for (GenericRecord row = reader.read(); row != null; row = reader.read()) {
        consumer.accept(RowSchema.row(row), RowSchema.bytes(row.get(RowSchema.PIXELS)));
      }
    }
  }

  /** The rows of one file that have these ids; pages without any are not read. */
  public static void forEach(Path part, Set<String> ids, RowConsumer consumer) throws IOException {
    Set<Binary> wanted = ids.stream().map(Binary::fromString).collect(Collectors.toSet());
    try (ParquetReader<GenericRecord> reader =
        builder(part, RowSchema.all(), 0, Long.MAX_VALUE)
            .withFilter(FilterCompat.get(FilterApi.in(FilterApi.binaryColumn("id"), wanted)))
            .build()) {
      for (GenericRecord row = reader.read(); row != null; row = reader.read()) {
        consumer.accept(RowSchema.row(row), RowSchema.bytes(row.get(RowSchema.PIXELS)));
      }
    }
  }

  static void forEachIndex(Path part, IndexConsumer consumer) throws IOException {
    try (ParquetReader<GenericRecord> reader = reader(part, RowSchema.index(), 0, Long.MAX_VALUE)) {
      for (GenericRecord row = reader.read(); row != null; row = reader.read()) {
        consumer.accept(
            row.get(0).toString(),
            row.get(1).toString(),
            row.get(2).toString(),
            row.get(3).toString());
      }
    }
  }

  static void forEachPixels(RowGroup group, PixelsConsumer consumer) throws IOException {
    try (ParquetReader<GenericRecord> reader =
        reader(group.part(), RowSchema.pixelsOnly(), group.start(), group.end())) {
      int position = 0;
      for (GenericRecord row = reader.read(); row != null; row = reader.read()) {
        consumer.accept(position++, row);
      }
    }
  }

  /**
   * A row group, and the stretch of its file that selects it.
   *
   * @param rows number of its rows
   */
  record RowGroup(Path part, long start, long end, int rows) {}

  static List<RowGroup> rowGroups(Path part) throws IOException {
    ParquetReadOptions options =
        ParquetReadOptions.builder(new PlainParquetConfiguration())
            .withCodecFactory(new ZstdCodecs())
            .build();
    try (ParquetFileReader file = ParquetFileReader.open(new LocalInputFile(part), options)) {
      return file.getRowGroups().stream().map(block -> rowGroup(part, block)).toList();
    }
  }

  /** A reader takes the groups whose middle lies in its range. */
  private static RowGroup rowGroup(Path part, BlockMetaData block) {
    long start = block.getStartingPos();
    long end = start + block.getCompressedSize();
    return new RowGroup(part, start, end, Math.toIntExact(block.getRowCount()));
  }

  private static ParquetReader<GenericRecord> reader(
      Path part, Schema columns, long start, long end) throws IOException {
    return builder(part, columns, start, end).build();
  }

  private static ParquetReader.Builder<GenericRecord> builder(
      Path part, Schema columns, long start, long end) {
    PlainParquetConfiguration configuration = new PlainParquetConfiguration();
    configuration.set(AvroReadSupport.AVRO_REQUESTED_PROJECTION, columns.toString());
    configuration.set("parquet.avro.read.schema", columns.toString());
    return AvroParquetReader.<GenericRecord>builder(new LocalInputFile(part), configuration)
        .withDataModel(GenericData.get())
        .withCodecFactory(new ZstdCodecs())
        .withFileRange(start, end);
  }
}
