package dev.twofold.pipelines.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.transforms.predict.PreparedPart.Image;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnreadableImagesTest {

  @Test
  void namesTheFirstWithTheirReasons() {
    assertThat(
            UnreadableImages.of(
                List.of(new Image("a.png", "not an image"), new Image("b\u001b[2J.png", "empty"))))
        .isEqualTo("a.png: not an image; b?[2J.png: empty");
  }

  @Test
  void ofManyThereIsALine() {
    Image image = new Image("a.png", "x".repeat(300));
    assertThat(UnreadableImages.of(Collections.nCopies(900, image)))
        .startsWith("a.png: xxx")
        .endsWith("…; …")
        .hasSizeLessThan(400);
  }
}
