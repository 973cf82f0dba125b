package dev.twofold.transforms.predict;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twofold.models.ImageShape;
import dev.twofold.transforms.TestImages;
import dev.twofold.transforms.TestIngestion;
import dev.twofold.transforms.TestRequests;
import dev.twofold.transforms.ingest.IngestAttempt;
import dev.twofold.transforms.ingest.IngestRequest;
import dev.twofold.transforms.ingest.IngestResult;
import dev.twofold.transforms.ingest.Ingestion;
import dev.twofold.transforms.parquet.DatasetReader;
import dev.twofold.transforms.predict.PreparedPart.Image;
import dev.twofold.transforms.sources.DataRefusedException;
import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartPreparerTest {
  private static final ImageShape SHAPE = new ImageShape(6, 5, 3);
  private static final byte[] BROKEN = "no image".getBytes(UTF_8);

  @TempDir private Path folder;

  /** Or a network would be asked about pictures unlike those that it learned from. */
  @Test
  void preparesAsIngestionDoes() throws Exception {
    Path images = TestImages.folder(folder.resolve("images"), TestImages.tree(2, 20));
    Files.write(images.resolve("class0/wide.jpg"), TestImages.plain("jpg", 90, 40, Color.PINK));
    IngestRequest stretched = TestRequests.of("x", images, SHAPE, folder.resolve("work"));
    IngestRequest ingest = TestRequests.keyed(TestRequests.with(stretched, "fit", "pad"));
    IngestResult dataset = TestIngestion.commit(worked(Ingestion.begin(ingest)));
    ByteArrayOutputStream ingested = new ByteArrayOutputStream();
    for (Path part : DatasetReader.parts(Path.of(dataset.directory()))) {
      DatasetReader.forEach(part, (row, pixels) -> ingested.writeBytes(pixels));
    }

    prepare(images);
    assertThat(Files.readAllBytes(PreparedPart.pixels(prepared(), 0)))
        .hasSize(41 * SHAPE.size())
        .isEqualTo(ingested.toByteArray());
  }

  private static IngestAttempt worked(IngestAttempt attempt) throws IOException {
    TestIngestion.work(attempt);
    return attempt;
  }

  @Test
  void aBrokenImageKeepsItsPlaceAndGetsAReason() throws Exception {
    Path images =
        TestImages.folder(
            folder.resolve("images"),
            Map.of("a.png", TestImages.numbered(1), "b.png", BROKEN, "c.png", new byte[0]));
    Files.createSymbolicLink(images.resolve("d.png"), folder.resolve("nowhere.png"));
    assertThat(prepare(images))
        .containsExactly(
            new Image(images + "/a.png", null),
            new Image(
                images + "/b.png", "not an image (must be JPEG, PNG, GIF, BMP, WebP or TIFF)"),
            new Image(images + "/c.png", "empty file"),
            new Image(images + "/d.png", "is a link to what is not there"));
    assertThat(PreparedPart.pixels(prepared(), 0)).hasSize(SHAPE.size());
  }

  @Test
  void inputsKeepTheirOrderAndNeedNoClassFolders() throws Exception {
    Path zip =
        TestImages.zip(
            folder.resolve("x.zip"),
            Map.of(
                "deep/er/a.png", TestImages.numbered(1),
                "deep/er/bare", TestImages.numbered(5),
                "top.png", TestImages.numbered(2),
                "../out.png", TestImages.numbered(3),
                "readme.txt", BROKEN));
    Path named = Files.write(folder.resolve(".hidden"), TestImages.numbered(4));
    assertThat(prepare(named, zip))
        .containsExactly(
            new Image(named.toString(), null),
            new Image(zip + "!deep/er/a.png", null),
            new Image(zip + "!deep/er/bare", null),
            new Image(zip + "!top.png", null),
            new Image(zip + "!../out.png", "escapes from the archive"));
  }

  /** As after {@code tar -r}: the last one counts, and nothing is lost with the first. */
  @Test
  void whatATarHoldsTwiceIsPredictedOnce() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes)) {
      for (byte[] content : List.of(BROKEN, TestImages.numbered(1))) {
        TarArchiveEntry entry = new TarArchiveEntry("a.png");
        entry.setSize(content.length);
        out.putArchiveEntry(entry);
        out.write(content);
        out.closeArchiveEntry();
      }
    }
    Path tar = Files.write(folder.resolve("x.tar"), bytes.toByteArray());
    assertThat(prepare(tar)).containsExactly(new Image(tar + "!a.png", null));
  }

  @Test
  void aPartIsNoLargerThanABatch() throws Exception {
    Path images = TestImages.folder(folder.resolve("images"), TestImages.tree(1, 300));
    assertThat(ImagePart.list(request(images)))
        .extracting(part -> part.items().size())
        .containsExactly(256, 44);
  }

  /** Of pixels of 2048 x 2048 x 3 bytes five make up 60 MB, and one of 8192 x 8192 x 3 has 192. */
  @Test
  void aPartOfLargeImagesHasFewer() throws Exception {
    Path images = TestImages.folder(folder.resolve("images"), TestImages.tree(1, 12));
    assertThat(ImagePart.list(request(new ImageShape(2048, 2048, 3), images)))
        .extracting(part -> part.items().size())
        .containsExactly(5, 5, 2);
    assertThat(ImagePart.list(request(new ImageShape(8192, 8192, 3), images)))
        .hasSize(12)
        .extracting(ImagePart::number)
        .startsWith(0, 1, 2)
        .endsWith(11);
  }

  @Test
  void filesNamedOneByOneShareAPart() throws Exception {
    List<Path> files = new ArrayList<>();
    for (int i = 299; i >= 0; i--) {
      files.add(Files.write(folder.resolve(i + ".png"), TestImages.numbered(i)));
    }
    List<ImagePart> parts = ImagePart.list(request(files.toArray(Path[]::new)));
    assertThat(parts).extracting(part -> part.items().size()).containsExactly(256, 44);
    assertThat(parts)
        .flatExtracting(ImagePart::items)
        .extracting(ImagePart.Item::name)
        .containsExactlyElementsOf(files.stream().map(Path::toString).toList());
  }

  /** As each alone would, which is what the part's pixels are those of. */
  @Test
  void inputsOfAPartGiveTheirPixelsInOrder() throws Exception {
    Path file = Files.write(folder.resolve("x.png"), TestImages.numbered(1));
    Path broken = Files.write(folder.resolve("y.png"), BROKEN);
    Path images = TestImages.folder(folder.resolve("images"), TestImages.tree(1, 3));
    ByteArrayOutputStream alone = new ByteArrayOutputStream();
    for (Path input : List.of(images, file)) {
      prepare(input);
      alone.writeBytes(Files.readAllBytes(PreparedPart.pixels(prepared(), 0)));
    }

    assertThat(prepare(images, broken, file))
        .extracting(Image::name)
        .containsExactly(
            images + "/class0/0000.png",
            images + "/class0/0001.png",
            images + "/class0/0002.png",
            broken.toString(),
            file.toString());
    assertThat(PreparedPart.count(prepared())).isEqualTo(1);
    assertThat(Files.readAllBytes(PreparedPart.pixels(prepared(), 0)))
        .hasSize(4 * SHAPE.size())
        .isEqualTo(alone.toByteArray());
  }

  /**
   * So large an image is in no machine's memory; as an int its size is 3 bytes, so that nothing is
   * taken of the heap.
   */
  @Test
  void anImageThatTheMemoryDoesNotTakeIsNoneThatCannotBeRead() throws Exception {
    Path file = Files.write(folder.resolve("x.png"), TestImages.numbered(1));
    PredictionRequest request = request(new ImageShape((1 << 30) + 1, (1 << 30) + 3, 1), file);
    ImagePart part = ImagePart.list(request).get(0);
    try (PartPreparer preparer = new PartPreparer(request)) {
      assertThatThrownBy(() -> preparer.prepare(part))
          .isInstanceOf(DataRefusedException.class)
          .hasMessageStartingWith("Cannot read " + file + ": out of memory: ")
          .hasMessageEndingWith(" (lower --parallelism, or give it more memory)");
    }
    assertThat(prepared()).as("no part is written").doesNotExist();
  }

  @Test
  void aDamagedArchiveIsRefusedWithItsName() throws IOException {
    Path zip = Files.write(folder.resolve("x.zip"), BROKEN);
    assertThatThrownBy(() -> ImagePart.list(request(zip)))
        .isInstanceOf(DataRefusedException.class)
        .hasMessageContaining(zip.toString());
  }

  private List<Image> prepare(Path... inputs) throws IOException {
    Files.createDirectories(prepared());
    PredictionRequest request = request(inputs);
    try (PartPreparer preparer = new PartPreparer(request)) {
      for (ImagePart part : ImagePart.list(request)) {
        preparer.prepare(part);
      }
    }
    List<Image> images = new ArrayList<>();
    for (int number = 0; number < PreparedPart.count(prepared()); number++) {
      images.addAll(PreparedPart.read(prepared(), number).images());
    }
    return images;
  }

  private PredictionRequest request(Path... inputs) {
    return request(SHAPE, inputs);
  }

  private PredictionRequest request(ImageShape shape, Path... inputs) {
    return new PredictionRequest(
        List.of(inputs).stream().map(Path::toString).toList(),
        shape.height(),
        shape.width(),
        shape.channels(),
        "pad",
        folder.resolve("work").toString(),
        prepared().toString());
  }

  private Path prepared() {
    return folder.resolve("prepared");
  }
}
