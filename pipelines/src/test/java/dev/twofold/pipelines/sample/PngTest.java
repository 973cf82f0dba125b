package dev.twofold.pipelines.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PngTest {

  @Test
  void aColourPictureReadsAsItWasWritten() throws IOException {
    byte[] pixels = {(byte) 255, 0, 0, 0, (byte) 255, 0, 0, 0, (byte) 255, 1, 2, 3};

    BufferedImage image = read(Png.encode(pixels, 2, 3));

    assertThat(image.getRGB(0, 0)).isEqualTo(0xFFFF0000);
    assertThat(image.getRGB(1, 0)).isEqualTo(0xFF00FF00);
    assertThat(image.getRGB(0, 1)).isEqualTo(0xFF0000FF);
    assertThat(image.getRGB(1, 1)).isEqualTo(0xFF010203);
  }

  @Test
  void aGreyPictureReadsAsItWasWritten() throws IOException {
    BufferedImage image = read(Png.encode(new byte[] {0, 100, (byte) 200, (byte) 255}, 2, 1));

    assertThat(image.getRaster().getSamples(0, 0, 2, 2, 0, (int[]) null))
        .containsExactly(0, 100, 200, 255);
  }

  @Test
  void aPictureBeyondOneStoredBlockIsRefused() {
    assertThatThrownBy(() -> Png.encode(new byte[256 * 256], 256, 1))
        .hasMessage("Invalid picture: 65792 bytes (must be at most 65535)");
  }

  private static BufferedImage read(byte[] png) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(png));
  }
}
