package dev.twofold.models.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.models.Batch;
import dev.twofold.models.ImageShape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** All that may become of an image, over a hundred draws. */
class AugmentationTest {
  private static final ImageShape ROW = new ImageShape(1, 3, 1);
  private static final ImageShape SQUARE = new ImageShape(2, 2, 1);
  private static final ImageShape COLOUR = new ImageShape(1, 2, 3);

  private static Set<List<Byte>> outcomes(Augmentation augmentation, ImageShape shape, int... x) {
    byte[] pixels = new byte[x.length];
    for (int i = 0; i < x.length; i++) {
      pixels[i] = (byte) x[i];
    }
    Set<List<Byte>> outcomes = new HashSet<>();
    SplittableRandom random = new SplittableRandom(1);
    for (int draw = 0; draw < 100; draw++) {
      Batch batch = new Batch(pixels.clone(), new int[] {0});
      outcomes.add(list(augmentation.apply(batch, shape, random).pixels()));
      assertThat(batch.pixels()).as("the batch itself").isEqualTo(pixels);
    }
    return outcomes;
  }

  private static List<Byte> list(byte[] bytes) {
    List<Byte> list = new ArrayList<>();
    for (byte value : bytes) {
      list.add(value);
    }
    return list;
  }

  private static List<Byte> image(int... pixels) {
    List<Byte> image = new ArrayList<>();
    for (int pixel : pixels) {
      image.add((byte) pixel);
    }
    return image;
  }

  @Test
  void aShiftRepeatsTheBorder() {
    assertThat(outcomes(new Augmentation(1, false), ROW, 1, 2, 3))
        .containsExactlyInAnyOrder(image(1, 1, 2), image(1, 2, 3), image(2, 3, 3));
  }

  @Test
  void aShiftGoesBothWays() {
    assertThat(outcomes(new Augmentation(1, false), SQUARE, 1, 2, 3, 4))
        .as("down, none, up; each right, none, left")
        .containsExactlyInAnyOrder(
            image(1, 1, 1, 1),
            image(1, 2, 1, 2),
            image(2, 2, 2, 2),
            image(1, 1, 3, 3),
            image(1, 2, 3, 4),
            image(2, 2, 4, 4),
            image(3, 3, 3, 3),
            image(3, 4, 3, 4),
            image(4, 4, 4, 4));
  }

  @Test
  void aMirroredImageIsLeftToRight() {
    assertThat(outcomes(new Augmentation(0, true), SQUARE, 1, 2, 3, 4))
        .containsExactlyInAnyOrder(image(1, 2, 3, 4), image(2, 1, 4, 3));
  }

  @Test
  void mirroredImagesShiftToo() {
    assertThat(outcomes(new Augmentation(1, true), ROW, 1, 2, 3))
        .containsExactlyInAnyOrder(
            image(1, 1, 2),
            image(1, 2, 3),
            image(2, 3, 3),
            image(3, 3, 2),
            image(3, 2, 1),
            image(2, 1, 1));
  }

  @Test
  void channelsStayTogether() {
    assertThat(outcomes(new Augmentation(0, true), COLOUR, 1, 2, 3, 4, 5, 6))
        .containsExactlyInAnyOrder(image(1, 2, 3, 4, 5, 6), image(4, 5, 6, 1, 2, 3));
  }

  /** Pixel by pixel, also where a shift is wider than the image. */
  @Test
  void everyPixelComesFromWhereItShould() {
    ImageShape shape = new ImageShape(2, 4, 3);
    byte[] pixels = new byte[shape.size()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) i;
    }
    Set<List<Byte>> expected = new HashSet<>();
    for (int down = -5; down <= 5; down++) {
      for (int right = -5; right <= 5; right++) {
        expected.add(moved(pixels, shape, down, right, false));
        expected.add(moved(pixels, shape, down, right, true));
      }
    }
    Set<List<Byte>> outcomes = new HashSet<>();
    SplittableRandom random = new SplittableRandom(1);
    for (int draw = 0; draw < 5_000; draw++) {
      Batch batch = new Batch(pixels, new int[] {0});
      outcomes.add(list(new Augmentation(5, true).apply(batch, shape, random).pixels()));
    }
    assertThat(outcomes).isEqualTo(expected);
  }

  private static List<Byte> moved(
      byte[] pixels, ImageShape shape, int down, int right, boolean mirrored) {
    List<Byte> moved = new ArrayList<>();
    for (int y = 0; y < shape.height(); y++) {
      for (int x = 0; x < shape.width(); x++) {
        int row = clamp(y - down, shape.height());
        int column = clamp(x - right, shape.width());
        int from = mirrored ? shape.width() - 1 - column : column;
        for (int c = 0; c < shape.channels(); c++) {
          moved.add(pixels[(row * shape.width() + from) * shape.channels() + c]);
        }
      }
    }
    return moved;
  }

  private static int clamp(int index, int size) {
    return Math.max(0, Math.min(size - 1, index));
  }

  @Test
  void imagesOfABatchMoveEachOnItsOwn() {
    Batch batch = new Batch(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, new int[] {2, 0, 1});
    Set<List<Byte>> outcomes = new HashSet<>();
    SplittableRandom random = new SplittableRandom(1);
    for (int draw = 0; draw < 200; draw++) {
      Batch changed = new Augmentation(0, true).apply(batch, ROW, random);
      assertThat(changed.labels()).containsExactly(2, 0, 1);
      outcomes.add(list(changed.pixels()));
    }

    assertThat(outcomes).as("2³ mirrorings").hasSize(8);
  }

  @Test
  void noneLeavesTheBatch() {
    Batch batch = new Batch(new byte[] {1, 2, 3}, new int[] {0});

    assertThat(Augmentation.NONE.apply(batch, ROW, new SplittableRandom(1))).isSameAs(batch);
  }
}
