package dev.twofold.pipelines.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharingFigureTest {

  @TempDir Path folder;

  @Test
  void drawsAColumnALayer() throws IOException {
    Spread share = Spread.of(List.of(.8, .6));
    ShareTable table =
        table(
            new ShareTable.Row("conv1", List.of(share)),
            new ShareTable.Row("conv2", List.of(share)),
            new ShareTable.Row(ShareTable.NETWORK, List.of(share)));
    Path file = folder.resolve("figures/sharing.png");

    assertThat(SharingFigure.write(table, file)).isTrue();
    assertThat(ImageIO.read(file.toFile()).getWidth())
        .as("the letters of mtal, and two columns")
        .isEqualTo(120 + 4 * 8 + 2 * 52);
  }

  /** The excess of compression is below 0 where less is shared than twins alone would. */
  @Test
  void drawsWhatIsBelowZeroAsNothing() throws IOException {
    Path file = folder.resolve("below.png");
    SharingFigure.write(table(new ShareTable.Row("conv1", List.of(Spread.of(List.of(-.5))))), file);
    Path zero = folder.resolve("zero.png");
    SharingFigure.write(table(new ShareTable.Row("conv1", List.of(Spread.of(List.of(.0))))), zero);

    BufferedImage below = ImageIO.read(file.toFile());
    BufferedImage nothing = ImageIO.read(zero.toFile());
    int blue = new Color(0x6a, 0xa5, 0xdb).getRGB();
    assertThat(count(below, blue)).as("as where nothing is shared").isEqualTo(count(nothing, blue));
  }

  private static int count(BufferedImage image, int colour) {
    int count = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        count += image.getRGB(x, y) == colour ? 1 : 0;
      }
    }
    return count;
  }

  @Test
  void writesNothingWhereNoLayerShares() throws IOException {
    Path file = folder.resolve("sharing.png");

    assertThat(SharingFigure.write(table(), file)).isFalse();
    assertThat(file).doesNotExist();
  }

  private static ShareTable table(ShareTable.Row... rows) {
    return new ShareTable(
        "office", "sharing", List.of(new ShareTable.Kind("mtal", "")), List.of(rows));
  }

  @Test
  void readsNamesOfLayersTasksAndQualifiersInAnyOrder() {
    List<String> tasks = List.of("amazon");

    assertThat(ShareName.parse("twin_cosine/stage1/conv1", tasks))
        .contains(new ShareName("sharing", "twin cosine", "stage1/conv1"));
    assertThat(ShareName.parse("twin_cosine/total", tasks))
        .contains(new ShareName("sharing", "twin cosine", ""));
    assertThat(ShareName.parse("sparsity_start_correlation/amazon/stage1/conv1", tasks))
        .contains(new ShareName("mask", "amazon, correlation with the start", "stage1/conv1"));
    assertThat(ShareName.parse("sharing/non-twin/conv1", tasks))
        .contains(new ShareName("sharing", "non-twin", "conv1"));
    assertThat(ShareName.parse("sparsity/conv1/amazon", tasks))
        .contains(new ShareName("sparsity", "amazon", "conv1"));
    assertThat(ShareName.parse("sparsity/amazon/stage1/conv1", tasks))
        .contains(new ShareName("sparsity", "amazon", "stage1/conv1"));
    assertThat(ShareName.parse("sharing/twin/total", tasks))
        .contains(new ShareName("sharing", "twin", ""));
    assertThat(ShareName.parse("compression/conv1", tasks))
        .contains(new ShareName("compression", "", "conv1"));
    assertThat(ShareName.parse("compression/excess/conv1", tasks))
        .contains(new ShareName("compression", "excess", "conv1"));
    assertThat(ShareName.parse("compression/excess/total", tasks))
        .contains(new ShareName("compression", "excess", ""));
    assertThat(ShareName.parse("compression", tasks))
        .contains(new ShareName("compression", "", ""));
    assertThat(ShareName.parse("loss/amazon", tasks)).isEmpty();
  }
}
