package dev.twofold.transforms.training;

import dev.twofold.models.Batch;
import dev.twofold.models.BatchSource;
import dev.twofold.models.Randomness;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** Images of other sources in an order of one's own, read one by one. */
abstract class RowBatchSource implements BatchSource {
  private int[] order;
  private long orderSeed;
  private long orderPass;

  /** Image {@code row} alone, its label one of this task's. */
  abstract Batch one(int row);

  @Override
  public final Batch inOrder(int from, int to) {
    Objects.checkFromToIndex(from, to, size());
    return batch(IntStream.range(from, to).toArray());
  }

  @Override
  public Batch shuffled(long seed, long pass, int index, int batchSize) {
    int[] ofPass = order(seed, pass);
    int[] rows = new int[batchSize];
    for (int i = 0; i < batchSize; i++) {
      rows[i] = ofPass[(int) (((long) index * batchSize + i) % ofPass.length)];
    }
    return batch(rows);
  }

  /** One permutation a pass, whichever batches of it are asked for. */
  private synchronized int[] order(long seed, long pass) {
    if (order == null || orderSeed != seed || orderPass != pass) {
      order =
          Randomness.permutation(size(), Randomness.stream(seed, "order/" + task().name(), pass));
      orderSeed = seed;
      orderPass = pass;
    }
    return order;
  }

  private Batch batch(int[] rows) {
    return batch(Arrays.stream(rows).mapToObj(this::one).toList());
  }

  /** Images of one each, as one batch. */
  final Batch batch(List<Batch> images) {
    int size = task().shape().size();
    byte[] pixels = new byte[images.size() * size]; // [n, h, w, c]
    int[] labels = new int[images.size()]; // [n]
    for (int i = 0; i < labels.length; i++) {
      Batch one = images.get(i);
      System.arraycopy(one.pixels(), 0, pixels, i * size, size);
      labels[i] = one.labels()[0];
    }
    return new Batch(pixels, labels);
  }
}
