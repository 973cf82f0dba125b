package dev.twofold.transforms.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.models.ImageShape;
import dev.twofold.transforms.TestImages;
import dev.twofold.transforms.TestRequests;
import dev.twofold.transforms.sources.DataRefusedException;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmallHeapTest {
  @TempDir private Path folder;

  /** Of 64 megapixels, within what an image may have: a GIF is decoded on the heap. */
  @Test
  void theImageThatAHeapIsTooSmallForIsNamed() throws Exception {
    Path source = Files.createDirectories(folder.resolve("source/black"));
    BufferedImage large = new BufferedImage(8_000, 8_000, BufferedImage.TYPE_BYTE_INDEXED);
    Files.write(source.resolve("large.gif"), TestImages.encode("gif", large));

    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx48m",
                "-cp",
                System.getProperty("java.class.path"),
                Ingest.class.getName(),
                source.getParent().toString(),
                folder.resolve("work").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String message = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertThat(process.waitFor()).isZero();
    assertThat(message)
        .startsWith("Cannot read dataset photos: ")
        .contains("black/large.gif: out of memory: Java heap space")
        .endsWith("(lower workers.slots, or give the workers more memory)");
  }

  /** Prints why a folder's dataset is refused. */
  static final class Ingest {
    public static void main(String[] arguments) throws Exception {
      IngestRequest request =
          TestRequests.of(
              "photos", Path.of(arguments[0]), new ImageShape(8, 8, 3), Path.of(arguments[1]));
      IngestAttempt attempt = Ingestion.begin(request.withKey("0".repeat(32)), 1);
      try {
        Ingestion.work(attempt, () -> false);
      } catch (DataRefusedException e) {
        System.out.print(e.getMessage());
      }
    }
  }
}
