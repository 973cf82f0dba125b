package dev.twofold.transforms.parquet;

import dev.twofold.models.Randomness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The pixels of a side that does not fit in memory: the row groups used last are held. */
final class PixelsStreamed implements PixelStore {
  private final RowIndex index;
  private final int imageBytes;
  private final long memory;
  private final List<List<Integer>> byGroup;
  private final int[] slots;
  private final Map<Integer, byte[][]> held = new LinkedHashMap<>(16, 0.75f, true);
  private long heldBytes;

  PixelsStreamed(RowIndex index, int imageBytes, long memory) {
    this.index = index;
    this.imageBytes = imageBytes;
    this.memory = memory;
    this.byGroup = PixelsInMemory.byGroup(index);
    this.slots = slots(byGroup, index.size());
  }

  @Override
  public void copy(int row, byte[] target, int offset) {
    byte[] image = group(index.rows().get(row).group())[slots[row]];
    System.arraycopy(image, 0, target, offset, image.length);
  }

  /** A filling takes half of the memory, as a batch may reach from one filling into the next. */
  @Override
  public int[] order(SplittableRandom random) {
    int[] groups = Randomness.permutation(byGroup.size(), random);
    int[] order = new int[index.size()];
    List<Integer> filling = new ArrayList<>();
    int at = 0;
    for (int group : groups) {
      long bytes = (long) (filling.size() + byGroup.get(group).size()) * imageBytes;
      if (bytes > memory / 2) {
        at = shuffleInto(order, at, filling, random);
        filling.clear();
      }
      filling.addAll(byGroup.get(group));
    }
    shuffleInto(order, at, filling, random);
    return order;
  }

  @Override
  public boolean streamed() {
    return true;
  }

  private static int shuffleInto(
      int[] order, int at, List<Integer> filling, SplittableRandom random) {
    int next = at;
    for (int i : Randomness.permutation(filling.size(), random)) {
      order[next++] = filling.get(i);
    }
    return next;
  }

  private byte[][] group(int group) {
    byte[][] images = held.get(group);
    if (images == null) {
      images = load(group);
      held.put(group, images);
      heldBytes += bytes(images);
      forgetOldest();
    }
    return images;
  }

  private byte[][] load(int group) {
    try {
      return GroupLoader.load(index, group, byGroup.get(group), imageBytes);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot read %s: %s".formatted(index.groups().get(group).part(), e), e);
    }
  }

  private void forgetOldest() {
    var oldest = held.entrySet().iterator();
    while (heldBytes > memory && held.size() > 1) {
      heldBytes -= bytes(oldest.next().getValue());
      oldest.remove();
    }
  }

  private static long bytes(byte[][] images) {
    return Arrays.stream(images).mapToLong(image -> image.length).sum();
  }

  private static int[] slots(List<List<Integer>> byGroup, int rows) {
    int[] slots = new int[rows];
    for (List<Integer> group : byGroup) {
      for (int i = 0; i < group.size(); i++) {
        slots[group.get(i)] = i;
      }
    }
    return slots;
  }
}
