package dev.twofold.transforms.parquet;

import java.nio.ByteBuffer;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.IndexedRecord;

/** The columns of docs/artifacts.md: standard types that pandas, DuckDB and Spark read as is. */
final class RowSchema {
  static final String PIXELS = "pixels";

  private static final Schema SCHEMA =
      SchemaBuilder.record("Image")
          .namespace("dev.twofold")
          .fields()
          .requiredString("id")
          .requiredString("class")
          .requiredString("source_split")
          .requiredInt("width")
          .requiredInt("height")
          .requiredInt("channels")
          .requiredBytes(PIXELS)
          .requiredString("content_sha256")
          .requiredString("source_sha256")
          .requiredString("source")
          .requiredInt("original_width")
          .requiredInt("original_height")
          .endRecord();

  private static final Schema INDEX =
      SchemaBuilder.record("Image")
          .namespace("dev.twofold")
          .fields()
          .requiredString("id")
          .requiredString("class")
          .requiredString("source_split")
          .requiredString("content_sha256")
          .endRecord();

  private static final Schema CONTENT =
      SchemaBuilder.record("Image")
          .namespace("dev.twofold")
          .fields()
          .requiredBytes(PIXELS)
          .endRecord();

  private RowSchema() {}

  static Schema all() {
    return SCHEMA;
  }

  /** Without what is large or of no use to the split. */
  static Schema index() {
    return INDEX;
  }

  static Schema pixelsOnly() {
    return CONTENT;
  }

  static GenericRecord record(RowInfo row, byte[] pixels) {
    GenericData.Record avro = new GenericData.Record(SCHEMA);
    int field = 0;
    avro.put(field++, row.id());
    avro.put(field++, row.className());
    avro.put(field++, row.sourceSplit());
    avro.put(field++, row.width());
    avro.put(field++, row.height());
    avro.put(field++, row.channels());
    avro.put(field++, ByteBuffer.wrap(pixels));
    avro.put(field++, row.contentSha256());
    avro.put(field++, row.sourceSha256());
    avro.put(field++, row.source());
    avro.put(field++, row.originalWidth());
    avro.put(field, row.originalHeight());
    return avro;
  }

  static RowInfo row(IndexedRecord avro) {
    return new RowInfo(
        avro.get(0).toString(),
        avro.get(1).toString(),
        avro.get(2).toString(),
        (Integer) avro.get(3),
        (Integer) avro.get(4),
        (Integer) avro.get(5),
        avro.get(7).toString(),
        avro.get(8).toString(),
        avro.get(9).toString(),
        (Integer) avro.get(10),
        (Integer) avro.get(11));
  }

  static byte[] bytes(Object avroBytes) {
    ByteBuffer buffer = ((ByteBuffer) avroBytes).duplicate();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
