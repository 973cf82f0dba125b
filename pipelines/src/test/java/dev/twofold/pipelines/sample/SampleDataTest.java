package dev.twofold.pipelines.sample;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twofold.models.ImageShape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class SampleDataTest {

  private static final List<SampleTask> TASKS = SampleData.TASKS;

  @TempDir private static Path directory;

  private static final List<String> progress = new ArrayList<>();

  @BeforeAll
  static void write() throws IOException {
    SampleData.write(directory, 1, progress::add);
  }

  /** Figures in docs/sample-data.md and the quick start's table hold for these bytes. */
  @ParameterizedTest
  @CsvSource({
    "big.zip, 7623cc8b684bec33885b28d82b56b0e5dfa143d8c544d8ccfc1e5eb24122b867",
    "glyphs-grey.zip, c416a7b29f270ee9069a74bfaf9f55e5347d5491fa319ad8bf3b740681a417d4",
    "glyphs-colour.zip, b6ac88166f25e0c10301579238e08855faf93fd2be05c5c2ed3ef40997bd379d",
    "solids.zip, e1c927a13c6ca5f9b2345e90fff88cd716f26c98bff182a3882d57e1f8c35ca1",
  })
  void theSameSeedGivesTheSameBytesOnEveryMachine(String archive, String sha256) throws Exception {
    byte[] bytes = Files.readAllBytes(directory.resolve(archive));

    byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);

    assertThat(HexFormat.of().formatHex(digest)).isEqualTo(sha256);
  }

  @ParameterizedTest
  @FieldSource("TASKS")
  void anotherSeedGivesAnotherImage(SampleTask task) {
    String className = task.classes().get(0);

    byte[] image = new Studio(task, 1).png(className, 0);

    assertThat(new Studio(task, 1).png(className, 0)).isEqualTo(image);
    assertThat(new Studio(task, 2).png(className, 0)).isNotEqualTo(image);
  }

  @ParameterizedTest
  @FieldSource("TASKS")
  void everyClassHasItsImages(SampleTask task) throws IOException {
    Map<String, List<String>> byClass =
        entries(task).keySet().stream().collect(groupingBy(name -> name.split("/", 2)[0]));

    assertThat(byClass).containsOnlyKeys(task.classes());
    assertThat(byClass.values())
        .allSatisfy(names -> assertThat(names).hasSize(task.imagesPerClass()));
  }

  @ParameterizedTest
  @FieldSource("TASKS")
  void imagesHaveTheTasksShape(SampleTask task) throws IOException {
    Map<String, byte[]> entries = entries(task);
    for (String className : task.classes()) {
      byte[] png = entries.get(className + "/000.png");
      BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
      int channels = image.getRaster().getNumBands();
      assertThat(new ImageShape(image.getHeight(), image.getWidth(), channels))
          .as(className)
          .isEqualTo(task.shape());
    }
  }

  @ParameterizedTest
  @FieldSource("TASKS")
  void noTwoImagesAreEqual(SampleTask task) throws IOException {
    Set<ByteBuffer> distinct =
        entries(task).values().stream().map(ByteBuffer::wrap).collect(toSet());

    assertThat(distinct).hasSize(task.images());
  }

  @Test
  void tasksDifferInShape() {
    assertThat(TASKS.subList(1, TASKS.size()))
        .extracting(SampleTask::shape)
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource({
    "big, glyphs-grey, 2 4 5 7 A",
    "big, glyphs-colour, A B K R cross ring",
    "big, solids, arch bowl cone cross cylinder nut ring",
    "glyphs-grey, glyphs-colour, A S",
    "glyphs-colour, solids, cross ring",
    "glyphs-grey, solids, ''",
  })
  void tasksShareSomeOfTheirClasses(String one, String other, String shared) {
    List<String> both = new ArrayList<>(task(one).classes());
    both.retainAll(task(other).classes());

    assertThat(String.join(" ", both)).isEqualTo(shared);
  }

  @Test
  void progressNamesEveryArchive() {
    assertThat(progress)
        .containsExactly(
            "big.zip: 11100 images of 37 classes",
            "glyphs-grey.zip: 360 images of 10 classes",
            "glyphs-colour.zip: 384 images of 12 classes",
            "solids.zip: 400 images of 10 classes");
  }

  private static SampleTask task(String name) {
    return TASKS.stream().filter(task -> task.name().equals(name)).findFirst().orElseThrow();
  }

  private static Map<String, byte[]> entries(SampleTask task) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipInputStream zip =
        new ZipInputStream(Files.newInputStream(directory.resolve(task.archive())))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.put(entry.getName(), zip.readAllBytes());
      }
    }
    return entries;
  }

  @Test
  void anArchiveThatCannotBeWrittenIsNamed(@TempDir Path folder) throws IOException {
    Path taken = Files.createDirectory(folder.resolve("big.zip"));

    assertThatThrownBy(() -> SampleData.write(folder, 1))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith("Cannot write the sample data: " + taken + " (from ")
        .hasMessageEndingWith("): Is a directory");
  }
}
