package dev.twofold.transforms.parquet;

import dev.twofold.models.Randomness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** All pixels of one side. */
final class PixelsInMemory implements PixelStore {
  private final byte[][] images;

  PixelsInMemory(RowIndex index, int imageBytes) throws IOException {
    this.images = new byte[index.size()][];
    List<List<Integer>> byGroup = byGroup(index);
    for (int group = 0; group < byGroup.size(); group++) {
      byte[][] loaded = GroupLoader.load(index, group, byGroup.get(group), imageBytes);
      for (int i = 0; i < loaded.length; i++) {
        images[byGroup.get(group).get(i)] = loaded[i];
      }
    }
  }

  @Override
  public void copy(int row, byte[] target, int offset) {
    System.arraycopy(images[row], 0, target, offset, images[row].length);
  }

  @Override
  public int[] order(SplittableRandom random) {
    return Randomness.permutation(images.length, random);
  }

  @Override
  public boolean streamed() {
    return false;
  }

  /** The rows of each row group, in the order of the ids. */
  static List<List<Integer>> byGroup(RowIndex index) {
    List<List<Integer>> byGroup = new ArrayList<>();
    index.groups().forEach(group -> byGroup.add(new ArrayList<>()));
    for (int row = 0; row < index.size(); row++) {
      byGroup.get(index.rows().get(row).group()).add(row);
    }
    return byGroup;
  }
}
