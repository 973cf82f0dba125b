package dev.twofold.models.training;

import dev.twofold.models.Batch;
import dev.twofold.models.BatchSource;
import java.util.Arrays;

/**
 * Per-channel statistics of pixels/255, taken from a training side only.
 *
 * @param mean [C]
 * @param deviation [C], at least 1/255
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
public record Normalisation(float[] mean, float[] deviation) {

  private static final int CHUNK = 512;

  /** The statistics of all images of a source. */
  public static Normalisation of(BatchSource source) {
    int channels = source.task().shape().channels();
    double[] sum = new double[channels];
    double[] squares = new double[channels];
    long count = 0;
    for (int from = 0; from < source.size(); from += CHUNK) {
      Batch batch = source.inOrder(from, Math.min(source.size(), from + CHUNK));
      byte[] pixels = batch.pixels();
      for (int i = 0; i < pixels.length; i++) {
        double value = (pixels[i] & 0xFF) / 255.0;
        sum[i % channels] += value;
        squares[i % channels] += value * value;
      }
      count += pixels.length / channels;
    }
    float[] mean = new float[channels];
    float[] deviation = new float[channels];
    for (int c = 0; c < channels; c++) {
      double m = sum[c] / count;
      mean[c] = (float) m;
      deviation[c] =
          (float) Math.max(1.0 / 255, Math.sqrt(Math.max(0, squares[c] / count - m * m)));
    }
    return new Normalisation(mean, deviation);
  }

  /** The same for images of another number of channels: replicated, or averaged. */
  public Normalisation forChannels(int channels) {
    return channels == mean.length
        ? this
        : new Normalisation(spread(mean, channels), spread(deviation, channels));
  }

  private static float[] spread(float[] values, int channels) {
    float average = 0;
    for (float value : values) {
      average += value / values.length;
    }
    float[] spread = new float[channels];
    Arrays.fill(spread, average);
    return spread;
  }
}
