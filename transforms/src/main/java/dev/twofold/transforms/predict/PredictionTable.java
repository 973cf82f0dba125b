package dev.twofold.transforms.predict;

import dev.twofold.transforms.parquet.RankedPredictionsWriter;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A file of predictions: image, rank (1 is the most probable), class, probability; an image that
 * could not be read has its reason as error instead.
 */
public interface PredictionTable extends AutoCloseable {

  void predicted(String image, int rank, String className, float probability) throws IOException;

  void failed(String image, String reason) throws IOException;

  @Override
  void close() throws IOException;

  /** Parquet where the name ends so, else CSV. */
  static PredictionTable open(Path file) throws IOException {
    return isParquet(file) ? new Parquet(file) : new Csv(file);
  }

  static boolean isParquet(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".parquet");
  }

  /** RFC 4180. */
  final class Csv implements PredictionTable {
    private final BufferedWriter writer;

    private Csv(Path file) throws IOException {
      this.writer = Files.newBufferedWriter(file);
      writer.write("image,rank,class,probability,error\r\n");
    }

    @Override
    public void predicted(String image, int rank, String className, float probability)
        throws IOException {
      writer.write(
          "%s,%s,%s,%s,\r\n".formatted(quoted(image), rank, quoted(className), probability));
    }

    @Override
    public void failed(String image, String reason) throws IOException {
      writer.write("%s,,,,%s\r\n".formatted(quoted(image), quoted(reason)));
    }

    private static String quoted(String text) {
      boolean special = text.chars().anyMatch(c -> ",\"\r\n".indexOf(c) >= 0);
      return special ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }

    @Override
    public void close() throws IOException {
      writer.close();
    }
  }

  /** As the table's columns. */
  final class Parquet implements PredictionTable {
    private final RankedPredictionsWriter writer;

    private Parquet(Path file) throws IOException {
      this.writer = new RankedPredictionsWriter(file);
    }

    @Override
    public void predicted(String image, int rank, String className, float probability)
        throws IOException {
      writer.write(image, rank, className, probability, null);
    }

    @Override
    public void failed(String image, String reason) throws IOException {
      writer.write(image, null, null, null, reason);
    }

    @Override
    public void close() throws IOException {
      writer.close();
    }
  }
}
