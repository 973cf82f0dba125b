package dev.twofold.transforms.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfusionFigureTest {

  private static final int BLUE = 0xff235f96;
  private static final int RED = 0xffcc5528;

  @TempDir Path folder;

  @Test
  void theDiagonalIsBlueAndErrorsAreRed() throws IOException {
    BufferedImage right = draw(List.of(List.of(5, 0), List.of(0, 5)));
    BufferedImage wrong = draw(List.of(List.of(0, 5), List.of(5, 0)));

    assertThat(count(right, BLUE)).isGreaterThan(1000);
    assertThat(count(right, RED)).isZero();
    assertThat(count(wrong, RED)).isGreaterThan(1000);
    assertThat(count(wrong, BLUE)).isZero();
  }

  @Test
  void classesWithoutImagesStayWhite() throws IOException {
    BufferedImage none = draw(List.of(List.of(0, 0), List.of(0, 0)));

    assertThat(count(none, RED) + count(none, BLUE)).isZero();
  }

  @Test
  void manyClassesStayAReasonablePicture() throws IOException {
    List<String> names =
        IntStream.range(0, 200).mapToObj(i -> "a class of a long name " + i).toList();
    Path file = folder.resolve("figures/many.png");

    ConfusionFigure.write(
        "many", names, Collections.nCopies(200, Collections.nCopies(200, 1)), file);

    assertThat(ImageIO.read(file.toFile()).getWidth()).isBetween(1200, 2000);
  }

  /** Where a name each would need a picture that no memory holds. */
  @Test
  void thousandsOfClassesAreDrawnWithoutNames() throws IOException {
    List<String> names = IntStream.range(0, 2000).mapToObj(i -> "a class of a long name").toList();
    Path file = folder.resolve("thousands.png");

    ConfusionFigure.write(
        "many", names, Collections.nCopies(2000, Collections.nCopies(2000, 1)), file);

    assertThat(ImageIO.read(file.toFile()).getWidth()).isBetween(2000, 2200);
  }

  @Test
  void theSameMatrixGivesTheSameBytes() throws IOException {
    draw(List.of(List.of(5, 1), List.of(2, 3)));
    byte[] first = Files.readAllBytes(folder.resolve("confusion.png"));
    draw(List.of(List.of(5, 1), List.of(2, 3)));

    assertThat(Files.readAllBytes(folder.resolve("confusion.png"))).isEqualTo(first);
  }

  @Test
  void refusesAMatrixThatDoesNotFitItsClasses() {
    assertThatThrownBy(() -> draw(List.of(List.of(1, 2, 3), List.of(4, 5, 6))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Invalid confusion matrix of amazon: not 2 × 2 (must have a row and a column a class)");
  }

  private BufferedImage draw(List<List<Integer>> confusion) throws IOException {
    Path file = folder.resolve("confusion.png");
    ConfusionFigure.write("amazon", List.of("bike", "mug"), confusion, file);
    return ImageIO.read(file.toFile());
  }

  private static long count(BufferedImage image, int colour) {
    return IntStream.range(0, image.getWidth() * image.getHeight())
        .filter(i -> image.getRGB(i % image.getWidth(), i / image.getWidth()) == colour)
        .count();
  }
}
