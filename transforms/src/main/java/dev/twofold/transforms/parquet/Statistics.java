package dev.twofold.transforms.parquet;

import java.util.Arrays;
import java.util.List;

/**
 * Sums per channel, exact, so that mean and deviation do not depend on the order of addition.
 *
 * <p>Values count as pixels / 255.
 */
public final class Statistics {
  private static final double WHITE = 255;

  private final long[] sums;
  private final long[] squares;
  private long pixels;

  public Statistics(int channels) {
    this.sums = new long[channels];
    this.squares = new long[channels];
  }

  /** Adds an image, or several: uint8 [..., channels]. */
  public void add(byte[] image) {
    int channels = sums.length;
    for (int c = 0; c < channels; c++) {
      long sum = 0;
      long square = 0;
      for (int i = c; i < image.length; i += channels) {
        int value = image[i] & 0xff;
        sum += value;
        square += (long) value * value;
      }
      sums[c] += sum;
      squares[c] += square;
    }
    pixels += image.length / channels;
  }

  /** Adds what another counted. */
  public void add(Sums other) {
    for (int c = 0; c < sums.length; c++) {
      sums[c] += other.sums().get(c);
      squares[c] += other.squares().get(c);
    }
    pixels += other.pixels();
  }

  /** Per channel. */
  public double[] mean() {
    double[] mean = new double[sums.length];
    for (int c = 0; c < mean.length; c++) {
      mean[c] = sums[c] / WHITE / Math.max(1, pixels);
    }
    return mean;
  }

  /** Per channel, of the population. */
  public double[] deviation() {
    double[] mean = mean();
    double[] deviation = new double[sums.length];
    for (int c = 0; c < deviation.length; c++) {
      double meanSquare = squares[c] / (WHITE * WHITE) / Math.max(1, pixels);
      deviation[c] = Math.sqrt(Math.max(0, meanSquare - mean[c] * mean[c]));
    }
    return deviation;
  }

  /** What was counted so far, to be added elsewhere. */
  public Sums sums() {
    return new Sums(boxed(sums), boxed(squares), pixels);
  }

  /** Counts to pass on. */
  public record Sums(List<Long> sums, List<Long> squares, long pixels) {}

  private static List<Long> boxed(long[] values) {
    return Arrays.stream(values).boxed().toList();
  }
}
