package dev.twofold.transforms.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twofold.models.evaluation.ActivationMaps;
import dev.twofold.models.methods.Partner;
import dev.twofold.transforms.evaluation.ActivationFigure.Row;
import dev.twofold.transforms.images.Pixels;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Below a legend (16 + 23 pixels or more) and its caption, a row has its image at x = 16 and its
 * maps from x = 16 + 64 + 10 on, each in a frame of 3.
 */
class ActivationFigureTest {
  private static final int TWIN = 0xff235f96;
  private static final int OTHER = 0xffcc5528;
  private static final int NONE = 0xffc4cbd2;
  private static final int IMAGE = 16;
  private static final int MAPS = 90;
  private static final int CELL = 64 + 2 * 3 + 5;

  @TempDir Path folder;

  @Test
  void everyMapIsFramedByWhatItsKernelShares() throws IOException {
    BufferedImage figure =
        draw(row("amazon", maps(3), List.of(Partner.TWIN, Partner.OTHER, Partner.NONE)));
    int top = firstFrame(figure, MAPS);

    assertThat(figure.getRGB(MAPS, top)).isEqualTo(TWIN);
    assertThat(figure.getRGB(MAPS + 69, top + 69)).as("opposite corner").isEqualTo(TWIN);
    assertThat(figure.getRGB(MAPS + CELL, top)).isEqualTo(OTHER);
    assertThat(figure.getRGB(MAPS + 2 * CELL, top)).isEqualTo(NONE);
    assertThat(figure.getRGB(MAPS + 3 * CELL, top)).as("beside the last").isEqualTo(0xffffffff);
    assertThat(count(figure, TWIN))
        .as("a frame of 3 around 64, and 13 × 13 in the legend")
        .isEqualTo(70 * 70 - 64 * 64 + 13 * 13);
  }

  /** Maps of two pixels are drawn 32 times as large; .8 is the layer's largest value. */
  @Test
  void everyValueIsAPartOfTheLayersLargest() throws IOException {
    ActivationMaps maps =
        new ActivationMaps(
            "conv1_1", 2, 2, List.of(new float[] {0, .4f, .8f, .2f}, new float[] {.08f, 0, 0, 0}));
    BufferedImage figure = draw(row("amazon", maps, List.of(Partner.TWIN, Partner.NONE)));
    int top = firstFrame(figure, MAPS) + 3;
    int left = MAPS + 3;

    assertThat(figure.getRGB(left, top)).isEqualTo(0xff000000);
    assertThat(figure.getRGB(left + 31, top + 31)).as("its last pixel").isEqualTo(0xff000000);
    assertThat(figure.getRGB(left + 32, top)).as(".5 of it").isEqualTo(0xff808080);
    assertThat(figure.getRGB(left, top + 32)).isEqualTo(0xffffffff);
    assertThat(figure.getRGB(left + 63, top + 63)).as(".25 of it").isEqualTo(0xff404040);
    assertThat(figure.getRGB(left + CELL, top)).as(".1 of it").isEqualTo(0xff1a1a1a);
  }

  @Test
  void theImageStandsBeforeItsMaps() throws IOException {
    BufferedImage figure = draw(row("amazon", maps(1), List.of(Partner.NONE)));
    int top = firstFrame(figure, MAPS) + 3;

    assertThat(figure.getRGB(IMAGE, top)).isEqualTo(0xffff0000);
    assertThat(figure.getRGB(IMAGE + 63, top + 63)).isEqualTo(0xff0102ff);
    assertThat(figure.getRGB(IMAGE + 64, top)).isEqualTo(0xffffffff);
  }

  @Test
  void thereAre32MapsOfATaskInTwoLines() throws IOException {
    List<Partner> twins = Collections.nCopies(40, Partner.TWIN);
    BufferedImage figure = draw(row("amazon", maps(40), twins));
    int top = firstFrame(figure, MAPS);

    assertThat(figure.getRGB(MAPS + 15 * CELL, top + CELL)).as("the 32nd").isEqualTo(TWIN);
    assertThat(count(figure, TWIN)).isEqualTo(32 * (70 * 70 - 64 * 64) + 13 * 13);
    assertThat(figure.getWidth()).isEqualTo(MAPS + 16 * CELL - 5 + 16);
  }

  @Test
  void everyTaskHasARowOfItsOwn() throws IOException {
    Row first = row("amazon", maps(2), List.of(Partner.TWIN, Partner.TWIN));
    Row second = row("webcam", maps(2), List.of(Partner.OTHER, Partner.NONE));
    int one = draw(first).getHeight();
    BufferedImage two = draw(first, second);
    int top = firstFrame(two, MAPS);
    int row = two.getHeight() - one;

    assertThat(row).as("caption and maps").isBetween(CELL + 20, CELL + 60);
    assertThat(two.getRGB(MAPS, top)).isEqualTo(TWIN);
    assertThat(two.getRGB(MAPS, top + row)).isEqualTo(OTHER);
    assertThat(two.getRGB(MAPS + CELL, top + row)).isEqualTo(NONE);
  }

  @Test
  void largeMapsShrink() throws IOException {
    float[] bright = new float[224 * 224];
    Arrays.fill(bright, 2);
    ActivationMaps maps = new ActivationMaps("conv1_1", 224, 224, List.of(bright));
    BufferedImage figure = draw(row("amazon", maps, List.of(Partner.OTHER)));
    int top = firstFrame(figure, MAPS);

    assertThat(figure.getRGB(MAPS + 69, top + 69)).isEqualTo(OTHER);
    assertThat(figure.getRGB(MAPS + 35, top + 35)).isEqualTo(0xffffffff);
  }

  @Test
  void theSameMapsGiveTheSameBytes() throws IOException {
    draw(row("amazon", maps(3), Collections.nCopies(3, Partner.OTHER)));
    byte[] first = Files.readAllBytes(folder.resolve("activation.png"));
    draw(row("amazon", maps(3), Collections.nCopies(3, Partner.OTHER)));

    assertThat(Files.readAllBytes(folder.resolve("activation.png"))).isEqualTo(first);
  }

  @Test
  void refusesPartnersOfAnotherLayer() {
    assertThatThrownBy(() -> row("amazon", maps(3), List.of(Partner.NONE)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Invalid partners of amazon: of 1 kernels (must be of 3, one a map)");
  }

  /** Red above left, (1, 2, 255) elsewhere. */
  private static Row row(String title, ActivationMaps maps, List<Partner> partners) {
    byte[] pixels = {-1, 0, 0, 1, 2, -1, 1, 2, -1, 1, 2, -1};
    return new Row(title, Pixels.picture(pixels, 2, 2, 3), maps, partners);
  }

  private static ActivationMaps maps(int kernels) {
    return new ActivationMaps(
        "conv1_1",
        2,
        2,
        IntStream.range(0, kernels).mapToObj(i -> new float[] {0, i, 2 * i, 1}).toList());
  }

  private BufferedImage draw(Row... rows) throws IOException {
    Path file = folder.resolve("activation.png");
    ActivationFigure.write(List.of(rows), file);
    return ImageIO.read(file.toFile());
  }

  /** Below the legend, the first row of pixels with a frame at this place. */
  private static int firstFrame(BufferedImage figure, int x) {
    return IntStream.range(40, figure.getHeight())
        .filter(y -> List.of(TWIN, OTHER, NONE).contains(figure.getRGB(x, y)))
        .filter(y -> figure.getRGB(x, y + 3) == figure.getRGB(x, y))
        .findFirst()
        .orElseThrow();
  }

  private static long count(BufferedImage image, int colour) {
    return IntStream.range(0, image.getWidth() * image.getHeight())
        .filter(i -> image.getRGB(i % image.getWidth(), i / image.getWidth()) == colour)
        .count();
  }
}
