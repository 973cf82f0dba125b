package dev.twofold.models;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A small made-up task: each class is a bright square in a place of its own, under noise. */
public final class Blobs implements BatchSource {
  private final Task task;
  private final byte[] pixels;
  private final int[] labels;

  public Blobs(String name, ImageShape shape, int classes, int size, long seed) {
    List<String> names = new ArrayList<>();
    for (int k = 0; k < classes; k++) {
      names.add("class" + k);
    }
    this.task = new Task(name, shape, names);
    this.pixels = new byte[size * shape.size()];
    this.labels = new int[size];
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < size; i++) {
      labels[i] = i % classes;
      draw(i, random);
    }
  }

  private void draw(int image, SplittableRandom random) {
    ImageShape shape = task.shape();
    int perRow = 3;
    int cell = shape.width() / perRow;
    int top = labels[image] / perRow * cell;
    int left = labels[image] % perRow * cell;
    for (int y = 0; y < shape.height(); y++) {
      for (int x = 0; x < shape.width(); x++) {
        boolean bright = y >= top && y < top + cell && x >= left && x < left + cell;
        for (int c = 0; c < shape.channels(); c++) {
          int value = random.nextInt(100) + (bright ? 120 : 0);
          pixels[((image * shape.height() + y) * shape.width() + x) * shape.channels() + c] =
              (byte) value;
        }
      }
    }
  }

  @Override
  public Task task() {
    return task;
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public int[] order(long seed, long pass) {
    return Randomness.permutation(size(), Randomness.stream(seed, "order/" + task.name(), pass));
  }

  @Override
  public Batch images(int... positions) {
    int image = task.shape().size();
    byte[] taken = new byte[positions.length * image];
    int[] truth = new int[positions.length];
    for (int i = 0; i < positions.length; i++) {
      System.arraycopy(pixels, positions[i] * image, taken, i * image, image);
      truth[i] = labels[positions[i]];
    }
    return new Batch(taken, truth);
  }

  @Override
  public void close() {}
}
