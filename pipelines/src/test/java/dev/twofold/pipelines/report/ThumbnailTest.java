package dev.twofold.pipelines.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ThumbnailTest {

  @Test
  void keepsThePixels() throws IOException {
    // Two pixels beside each other: red, and (1, 2, 255).
    BufferedImage image = read(Thumbnail.of(new byte[] {(byte) 255, 0, 0, 1, 2, -1}, 2, 1, 3));

    assertThat(image.getRGB(0, 0) & 0xffffff).isEqualTo(0xff0000);
    assertThat(image.getRGB(1, 0) & 0xffffff).isEqualTo(0x0102ff);
  }

  @Test
  void greyHasOneChannel() throws IOException {
    BufferedImage image = read(Thumbnail.of(new byte[] {7, (byte) 200}, 1, 2, 1));

    assertThat(image.getRGB(0, 1) & 0xffffff).isEqualTo(0xc8c8c8);
  }

  @Test
  void shrinksWhatIsLarge() throws IOException {
    BufferedImage image = read(Thumbnail.of(new byte[256 * 128 * 3], 256, 128, 3));

    assertThat(image.getWidth()).isEqualTo(64);
    assertThat(image.getHeight()).isEqualTo(32);
  }

  private static BufferedImage read(String address) throws IOException {
    assertThat(address).startsWith("data:image/png;base64,");
    byte[] png = Base64.getDecoder().decode(address.substring("data:image/png;base64,".length()));
    return ImageIO.read(new ByteArrayInputStream(png));
  }
}
