package dev.twofold.transforms.parquet;

import dev.twofold.transforms.parquet.DatasetReader.RowGroup;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Loads the wanted rows of one row group. */
final class GroupLoader {

  private GroupLoader() {}

  /**
   * Loads some rows of a group.
   *
   * @param rows indices of the wanted rows; all lie in the group
   * @return their pixels, in that order
   */
  static byte[][] load(RowIndex index, int group, List<Integer> rows, int imageBytes)
      throws IOException {
    byte[][] images = new byte[rows.size()][];
    if (images.length == 0) {
      return images;
    }
    RowGroup rowGroup = index.groups().get(group);
    int[] slots = new int[rowGroup.rows()];
    Arrays.fill(slots, -1);
    for (int i = 0; i < images.length; i++) {
      slots[index.rows().get(rows.get(i)).position()] = i;
    }
    DatasetReader.forEachPixels(
        rowGroup,
        (position, row) -> {
          if (slots[position] >= 0) {
            images[slots[position]] = RowSchema.bytes(row.get(0));
          }
        });
    check(images, imageBytes, rowGroup);
    return images;
  }

  private static void check(byte[][] images, int imageBytes, RowGroup group) throws IOException {
    for (byte[] image : images) {
      if (image == null || image.length != imageBytes) {
        throw new IOException(
            "an image of %s has %s bytes, the task's shape %d"
                .formatted(
                    group.part().getFileName(), image == null ? "no" : image.length, imageBytes));
      }
    }
  }
}
