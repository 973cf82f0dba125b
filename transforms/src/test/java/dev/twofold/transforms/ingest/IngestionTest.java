package dev.twofold.transforms.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.twofold.models.ImageShape;
import dev.twofold.transforms.TestImages;
import dev.twofold.transforms.TestIngestion;
import dev.twofold.transforms.TestRequests;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.Claim;
import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.artifacts.Sha256;
import dev.twofold.transforms.images.Fit;
import dev.twofold.transforms.parquet.DatasetReader;
import dev.twofold.transforms.parquet.RowInfo;
import dev.twofold.transforms.sources.DataRefusedException;
import dev.twofold.transforms.sources.DeadLetter;
import dev.twofold.transforms.sources.SourceDigest;
import dev.twofold.transforms.training.ModelProcesses;
import java.awt.Color;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IngestionTest {
  private static final ImageShape SHAPE = new ImageShape(4, 4, 3);

  @TempDir Path folder;

  @Test
  void rowSaysWhatItIsAndWhereItComesFrom() throws Exception {
    byte[] wide = TestImages.plain("png", 8, 6, Color.BLACK);
    Map<String, byte[]> files = TestImages.tree(2, 3);
    files.put("class0/wide.png", wide);
    IngestResult result = ingest(zipped(files), 1);

    List<RowInfo> rows = rows(result);
    assertThat(rows).hasSize(7);
    assertThat(rows.get(3))
        .isEqualTo(
            new RowInfo(
                "class0/wide.png",
                "class0",
                "",
                4,
                4,
                3,
                // head -c 48 /dev/zero | sha256sum
                "17b0761f87b081d5cf10757ccc89f12be355c70e2e29df288b65b30710dcbcd1",
                Sha256.of(wide),
                "x.zip!class0/wide.png",
                8,
                6));
    DatasetSummary summary = DatasetSummary.read(Path.of(result.directory()));
    assertThat(summary.classes()).containsExactly("class0", "class1");
    assertThat(summary.counts()).isEqualTo(Map.of("class0", 4, "class1", 3));
    assertThat(summary.images()).isEqualTo(7);
    assertThat(Path.of(result.directory())).isDirectoryContaining("glob:**manifest.json");
    assertThat(folder.resolve("work/scratch")).isEmptyDirectory();
  }

  @Test
  void datasetDoesNotDependOnItsShards() throws Exception {
    Map<String, byte[]> files = TestImages.tree(3, 20);
    files.put("class1/0000.png", files.get("class0/0000.png"));
    files.put("class2/0019.png", "text".getBytes(UTF_8));
    IngestRequest one = allowing(.1, zipped(files));
    IngestResult first = ingest(one, 1);
    DatasetSummary summary = DatasetSummary.read(Path.of(first.directory()));
    String deadLetters = Files.readString(Path.of(first.directory()).resolve("dead-letters.jsonl"));
    assertThat(first.deadLetters()).isEqualTo(3);
    for (int shards : new int[] {2, 4, 60}) {
      DurableFiles.deleteTree(Path.of(first.directory()));
      IngestResult again = ingest(one, shards);
      assertThat(DatasetSummary.read(Path.of(again.directory())))
          .as("%d shards", shards)
          .isEqualTo(summary);
      assertThat(Path.of(again.directory()).resolve("dead-letters.jsonl")).hasContent(deadLetters);
      assertThat(rows(again)).hasSize(57).isSortedAccordingTo((a, b) -> a.id().compareTo(b.id()));
    }
  }

  @Test
  void contentUnderTwoClassesIsLostFromBoth() throws Exception {
    Map<String, byte[]> files = TestImages.tree(2, 50);
    files.put("class0/0007.png", TestImages.numbered(123));
    files.put("class1/0008.png", TestImages.plain("bmp", 4, 4, new Color(123)));
    files.put("class1/0009.png", files.get("class1/0010.png"));
    IngestResult result = ingest(allowing(.05, zipped(files)), 3);

    assertThat(rows(result)).hasSize(98).extracting(RowInfo::id).contains("class1/0009.png");
    assertThat(deadLetters(result))
        .containsExactly(
            "{\"id\":\"class0/0007.png\",\"class\":\"class0\",\"reason\":\"its content stands under"
                + " class0 and class1\"}",
            "{\"id\":\"class1/0008.png\",\"class\":\"class1\",\"reason\":\"its content stands under"
                + " class0 and class1\"}");
  }

  @Test
  void fewBrokenFilesAreDeadLetters() throws Exception {
    Map<String, byte[]> files = TestImages.tree(2, 100);
    byte[] jpeg = TestImages.plain("jpg", 50, 50, Color.PINK);
    files.put("class0/cut.jpg", Arrays.copyOf(jpeg, jpeg.length - 40));
    files.put("class1/empty.png", new byte[0]);
    IngestResult result = ingest(zipped(files), 2);
    assertThat(result.images()).isEqualTo(200);
    assertThat(deadLetters(result))
        .containsExactly(
            "{\"id\":\"class0/cut.jpg\",\"class\":\"class0\",\"reason\":\"truncated\"}",
            "{\"id\":\"class1/empty.png\",\"class\":\"class1\",\"reason\":\"empty file\"}");
  }

  /** As a TIFF of two widths, or of no sample a pixel. */
  @Test
  void aTiffWithTagsThatCannotBeIsADeadLetter() throws Exception {
    Map<String, byte[]> files = TestImages.tree(2, 100);
    files.put("class0/as-it-should-be.tiff", blackTiff(1, 1));
    files.put("class0/two-widths.tiff", blackTiff(2, 1));
    files.put("class1/no-sample.tiff", blackTiff(1, 0));
    IngestResult result = ingest(zipped(files), 2);
    assertThat(result.images()).isEqualTo(201);
    assertThat(deadLetters(result))
        .containsExactly(
            "{\"id\":\"class0/two-widths.tiff\",\"class\":\"class0\",\"reason\":\"damaged TIFF:"
                + " Unexpected count 2 for ImageWidth field\"}",
            "{\"id\":\"class1/no-sample.tiff\",\"class\":\"class1\",\"reason\":\"damaged TIFF:"
                + " Samples per pixel < 1!\"}");
  }

  /**
   * 4 × 4 grey pixels of 8 bits.
   *
   * @param widths how many its tag ImageWidth declares
   * @param samples that a pixel has, by its tag
   */
  private static byte[] blackTiff(int widths, int samples) {
    int shorts = 3;
    int longs = 4;
    int[][] tags = { // tag, type, count, value
      {256, longs, widths, 4},
      {257, longs, 1, 4},
      {258, shorts, 1, 8},
      {259, shorts, 1, 1},
      {262, shorts, 1, 1},
      {273, longs, 1, 8 + 2 + 9 * 12 + 4},
      {277, shorts, 1, samples},
      {278, longs, 1, 4},
      {279, longs, 1, 16}
    };
    ByteBuffer tiff = ByteBuffer.allocate(8 + 2 + 9 * 12 + 4 + 16).order(ByteOrder.LITTLE_ENDIAN);
    tiff.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(8);
    tiff.putShort((short) tags.length);
    for (int[] tag : tags) {
      tiff.putShort((short) tag[0]).putShort((short) tag[1]).putInt(tag[2]).putInt(tag[3]);
    }
    return tiff.array();
  }

  /** What this machine cannot read today is not lost for all runs to come. */
  @Test
  void aFileThatCannotBeOpenedIsNoDeadLetter() throws Exception {
    Path source = TestImages.folder(folder.resolve("tree"), TestImages.tree(2, 100));
    IngestAttempt attempt = Ingestion.begin(allowing(.1, foldered(source)));

    assertThatThrownBy(() -> Ingestion.work(attempt, deletes(source.resolve("class1/0099.png"))))
        .isInstanceOf(DataRefusedException.class)
        .hasMessageStartingWith("Cannot read dataset x: ")
        .hasMessageContaining("class1/0099.png: there is no such file or folder (mend that and ");
  }

  /** Whatever the system says, and be it what no class of Java stands for. */
  @Test
  void aFileThatCannotBeReadIsNoDeadLetter() throws Exception {
    Path source = TestImages.folder(folder.resolve("tree"), TestImages.tree(2, 100));
    Path image = source.resolve("class1/0099.png");
    IngestAttempt attempt = Ingestion.begin(allowing(.1, foldered(source)));
    BooleanSupplier deletion = deletes(image);

    assertThatThrownBy(
            () -> Ingestion.work(attempt, () -> deletion.getAsBoolean() || !image.toFile().mkdir()))
        .isInstanceOf(DataRefusedException.class)
        .hasMessage(
            "Cannot read dataset x: tree/class1/0099.png: Is a directory (mend that and run again,"
                + " when nothing writes to the source)");
  }

  @Test
  void anImageThatTheMemoryDoesNotTakeIsNoDeadLetter() throws Exception {
    IngestRequest request = zipped(TestImages.tree(2, 5));
    IngestRequest tall = TestRequests.with(request, "height", 1 << 30);
    IngestAttempt attempt =
        Ingestion.begin(TestRequests.keyed(TestRequests.with(tall, "width", 1 << 30)), 1);

    assertThatThrownBy(() -> TestIngestion.work(attempt))
        .isInstanceOf(DataRefusedException.class)
        .hasMessageStartingWith(
            "Cannot read dataset digits: x.zip!class0/0000.png: out of memory: ")
        .hasMessageEndingWith(" (lower workers.slots, or give the workers more memory)");
  }

  /** As Flink cancels a task. */
  @Test
  void anInterruptedWorkerStopsBeforeTheNextImage() throws Exception {
    IngestRequest request = foldered(TestImages.folder(folder.resolve("x"), TestImages.tree(2, 5)));
    IngestAttempt attempt = Ingestion.begin(request, 1);
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> Ingestion.work(attempt, ModelProcesses::isCancelled))
          .isInstanceOf(IOException.class)
          .hasMessage("cancelled");
    } finally {
      assertThat(Thread.interrupted()).as("still interrupted").isTrue();
    }
  }

  @Test
  void whoCannotBeginLeavesNoFileOpen() throws Exception {
    IngestRequest request = zipped(TestImages.tree(2, 5));
    IngestRequest owls = TestRequests.keyed(TestRequests.with(request, "classes", List.of("owl")));
    IngestAttempt unfit =
        new IngestAttempt(TestRequests.with(request, "fit", "unfit"), "attempt", 1, 0);
    Files.createDirectories(unfit.scratch());

    assertThatThrownBy(() -> Ingestion.begin(owls)).hasMessageContaining("Cannot find class owl");
    assertThatThrownBy(() -> TestIngestion.work(unfit)).hasMessageContaining("unfit");
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      assertThat(open.map(file -> file.toFile()).map(IngestionTest::target))
          .isNotEmpty()
          .doesNotContain(request.source());
    }
  }

  private static String target(File link) {
    try {
      return link.getCanonicalPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asked before each image, it takes a file away under the worker. */
  private static BooleanSupplier deletes(Path file) {
    return () -> {
      try {
        Files.deleteIfExists(file);
        return false;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  @Test
  void thirtyPercentBrokenIsRefusedAndLeavesNothing() throws Exception {
    Map<String, byte[]> files = TestImages.tree(2, 5);
    for (String broken : List.of("class0/0000.png", "class0/0001.png", "class1/0004.png")) {
      files.put(broken, "text".getBytes(UTF_8));
    }
    IngestRequest request = zipped(files);
    String noImage = ": not an image (must be JPEG, PNG, GIF, BMP, WebP or TIFF)";
    assertThatThrownBy(() -> ingest(request, 2))
        .isInstanceOf(DataRefusedException.class)
        .hasMessage(
            "Cannot use dataset digits: 3 of its 10 images are lost, more than data.maxDeadLetters 0.01"
                + " allows (class0/0000.png%s; class0/0001.png%s; class1/0004.png%s)."
                    .formatted(noImage, noImage, noImage)
                + " Repair the source %s, or raise data.maxDeadLetters"
                    .formatted(request.source()));
    assertThat(store().find(request.stageKey())).isEmpty();
    assertThat(folder.resolve("work/scratch")).isEmptyDirectory();

    assertThat(ingest(allowing(.3, request), 2).images()).isEqualTo(7);
  }

  /** What is allowed is in no key. */
  @Test
  void aDatasetThatHasLostMoreThanARequestAllowsIsRefusedAsItsMakingIs() throws Exception {
    Map<String, byte[]> files = TestImages.tree(2, 8);
    for (int i = 0; i < 6; i++) {
      files.put("class0/%04d.png".formatted(i), "text".getBytes(UTF_8));
    }
    IngestRequest strict = zipped(files);
    IngestRequest lax = allowing(.5, strict);
    String refusal = catchThrowable(() -> ingest(strict, 2)).getMessage();
    assertThat(refusal)
        .contains("6 of its 16 images are lost, more than data.maxDeadLetters 0.01 allows")
        .contains("(class0/0000.png: not an image", "class0/0004.png: not an image", "; …).");
    Ingestion.refuseIfTooMuchIsLost(strict);
    assertThat(ingest(lax, 2).images()).isEqualTo(10);

    assertRefused(refusal, strict);
    Files.delete(Path.of(strict.source()));
    assertRefused(refusal, strict);
    assertThat(ingest(lax, 2))
        .isEqualTo(ingest(allowing(.375, strict), 2))
        .extracting(IngestResult::reused, IngestResult::images, IngestResult::deadLetters)
        .containsExactly(true, 10, 6);
  }

  /** At every step, since another command may have made the dataset before any of them. */
  private static void assertRefused(String refusal, IngestRequest request) {
    for (ThrowingCallable step :
        List.<ThrowingCallable>of(
            () -> Ingestion.refuseIfTooMuchIsLost(request),
            () -> Ingestion.begin(request),
            () -> TestIngestion.commit(new IngestAttempt(request, "late", 0, 0)))) {
      assertThatThrownBy(step).isInstanceOf(DataRefusedException.class).hasMessage(refusal);
    }
  }

  @Test
  void classOfWhichNothingIsLeftIsNamed() throws Exception {
    Map<String, byte[]> files = TestImages.tree(2, 30);
    files.put("owl/1.png", "text".getBytes(UTF_8));
    assertThatThrownBy(() -> ingest(allowing(.5, zipped(files)), 1))
        .isInstanceOf(DataRefusedException.class)
        .hasMessageContaining("no image of owl is left");
  }

  @Test
  void escapingEntryWritesNothingOutside() throws Exception {
    Map<String, byte[]> files = TestImages.tree(2, 100);
    files.put("../../evil.png", TestImages.numbered(1));
    IngestResult result = ingest(zipped(files), 1);
    assertThat(deadLetters(result))
        .containsExactly(
            "{\"id\":\"../../evil.png\",\"class\":\"\",\"reason\":\"escapes from the archive\"}");
    assertThat(folder.resolve("evil.png")).doesNotExist();
    assertThat(folder.resolve("../evil.png")).doesNotExist();
  }

  @Test
  void aDatasetHasTheSameFilesInEveryLocale() throws Exception {
    IngestRequest request = zipped(TestImages.tree(2, 5));
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
    try {
      Path directory = Path.of(ingest(request, 1).directory());
      assertThat(DatasetReader.parts(directory))
          .containsExactly(directory.resolve("part-00000.parquet"));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void wholeDatasetIsReused() throws Exception {
    IngestRequest request = zipped(TestImages.tree(2, 5));
    IngestResult made = ingest(request, 1);
    IngestResult reused = ingest(request, 1);
    assertThat(made.reused()).isFalse();
    assertThat(reused)
        .isEqualTo(new IngestResult("digits", request.key(), made.directory(), 10, 0, true, 0));
  }

  @Test
  void whatADeadWorkerTookIsMadeByTheCommit() throws Exception {
    IngestAttempt attempt = Ingestion.begin(zipped(TestImages.tree(2, 10)), 4);
    assertThat(attempt.take(2)).isTrue();
    TestIngestion.work(attempt);
    assertThat(attempt.report(2)).doesNotExist();
    assertThat(TestIngestion.commit(attempt).images()).isEqualTo(20);
  }

  @Test
  void aCommitThatWaitsForAnotherHearsThatItIsStopped() throws Exception {
    IngestRequest request = zipped(TestImages.tree(2, 10));
    IngestAttempt attempt = Ingestion.begin(request);
    TestIngestion.work(attempt);
    Path dataset = request.store().createDirectory(request.stageKey());
    try (Claim other = Claim.take(dataset, "other").orElseThrow()) {
      assertThat(other.isHeld()).isTrue();
      assertThatThrownBy(() -> Ingestion.commit(attempt, () -> true))
          .isInstanceOf(InterruptedException.class);
    }
  }

  @Test
  void aSourceThatChangesMeanwhileIsRefused() throws Exception {
    IngestRequest request = zipped(TestImages.tree(2, 10));
    IngestAttempt attempt = Ingestion.begin(request, 2);
    TestIngestion.work(attempt);
    zipped(TestImages.tree(2, 11));

    assertThatThrownBy(() -> TestIngestion.commit(attempt))
        .isInstanceOf(DataRefusedException.class)
        .hasMessage(
            "Cannot use dataset digits: its source %s changed while it was read (run again when"
                    .formatted(request.source())
                + " nothing writes to it)");
    assertThat(store().find(request.stageKey())).isEmpty();
    assertThat(folder.resolve("work/scratch")).isEmptyDirectory();
  }

  @Test
  void aSourceThatGoesMeanwhileIsRefused() throws Exception {
    IngestRequest request = zipped(TestImages.tree(2, 10));
    IngestAttempt attempt = Ingestion.begin(request, 2);
    TestIngestion.work(attempt);
    Files.delete(Path.of(request.source()));

    assertThatThrownBy(() -> TestIngestion.commit(attempt))
        .isInstanceOf(DataRefusedException.class)
        .hasMessage(
            "Cannot read dataset digits: %s: there is no such file or folder"
                .formatted(request.source()));
    assertThat(store().find(request.stageKey())).isEmpty();
  }

  /** To list a folder of millions again costs each worker memory, and minutes on a network. */
  @Test
  void workersReadWhatWasListedAndDoNotListAgain() throws Exception {
    Path source = TestImages.folder(folder.resolve("tree"), TestImages.tree(2, 3));
    IngestAttempt attempt = Ingestion.begin(foldered(source), 2);
    Files.write(source.resolve("class0/0.png"), TestImages.numbered(1));

    TestIngestion.work(attempt);

    assertThat(Files.readAllLines(attempt.rows(0)))
        .extracting(line -> line.substring(0, line.indexOf('\t')))
        .containsExactly("class0/0000.png", "class0/0001.png", "class0/0002.png");
  }

  /** To list a large archive again costs as much as to read many of its images. */
  @Test
  void whereNoShardIsMissingTheCommitDoesNotOpenTheSource() throws Exception {
    Map<String, byte[]> files = TestImages.tree(2, 100);
    files.put("../out.png", TestImages.numbered(1));
    Path zip = Path.of(zipped(files).source());
    FileTime unchanged = FileTime.fromMillis(0);
    Files.setLastModifiedTime(zip, unchanged);
    IngestRequest request =
        TestRequests.keyed(TestRequests.of("digits", zip, SHAPE, folder.resolve("work")));
    IngestAttempt attempt = Ingestion.begin(request, 2);
    TestIngestion.work(attempt);
    Files.write(zip, new byte[(int) Files.size(zip)]);
    Files.setLastModifiedTime(zip, unchanged);

    IngestResult result = TestIngestion.commit(attempt);

    assertThat(result.images()).isEqualTo(200);
    assertThat(deadLetters(result))
        .containsExactly(
            "{\"id\":\"../out.png\",\"class\":\"\",\"reason\":\"escapes from the archive\"}");
    assertThat(DatasetSummary.read(Path.of(result.directory())).classes())
        .containsExactly("class0", "class1");
  }

  @Test
  void aStoppedWorkerEndsBeforeTheNextImageAndLeavesNothing() throws Exception {
    IngestAttempt attempt = Ingestion.begin(zipped(TestImages.tree(2, 10)), 1);
    AtomicInteger asked = new AtomicInteger();

    assertThatThrownBy(() -> Ingestion.work(attempt, () -> asked.incrementAndGet() > 5))
        .isInstanceOf(IOException.class)
        .hasMessage("cancelled");
    assertThat(asked).as("before each image, and once at the end").hasValue(7);
    assertThat(folder.resolve("work/scratch")).isEmptyDirectory();
  }

  @Test
  void everyStepMayHappenTwice() throws Exception {
    IngestRequest request = zipped(TestImages.tree(2, 10));
    IngestAttempt first = Ingestion.begin(request, 2);
    IngestAttempt second = Ingestion.begin(request, 3);
    TestIngestion.work(first);
    TestIngestion.work(first);
    TestIngestion.work(second);
    IngestResult made = TestIngestion.commit(first);
    TestIngestion.work(first);
    assertThat(TestIngestion.commit(first).reused()).isTrue();
    assertThat(TestIngestion.commit(second).reused()).isTrue();
    assertThat(rows(made)).hasSize(20);
    assertThat(folder.resolve("work/scratch")).isEmptyDirectory();
  }

  @Test
  void unpackedTarIsGoneWithTheScratch() throws Exception {
    IngestResult result = ingest(tarred(TestImages.tree(2, 3)), 2);
    assertThat(rows(result)).hasSize(6).first().extracting(RowInfo::className).isEqualTo("class0");
    assertThat(folder.resolve("work/scratch/unpacked")).isEmptyDirectory();
  }

  @Test
  void whatAnArchiveHoldsIsRememberedSoThatItIsNotUnpackedAgain() throws Exception {
    IngestRequest request = tarred(TestImages.tree(2, 3));
    IngestPlan.Inspection listed = inspect(request);
    ingest(request, 2);

    assertThat(inspect(request)).isEqualTo(listed);
    assertThat(folder.resolve("work/scratch/unpacked")).isEmptyDirectory();
    assertThat(listed.classes()).isEqualTo(Map.of("class0", 3, "class1", 3));
    assertThatThrownBy(() -> inspect(inSplits(request)))
        .as("in another layout it holds something else")
        .isInstanceOf(DataRefusedException.class);
  }

  @Test
  void keyIsOfWhatShapesTheRows() throws Exception {
    IngestRequest request = zipped(TestImages.tree(2, 2));
    Path copy = Files.copy(Path.of(request.source()), folder.resolve("elsewhere.zip"));
    IngestRequest moved = TestRequests.of("other name", copy, SHAPE, folder.resolve("work"));
    assertThat(TestRequests.keyed(moved).key()).isEqualTo(request.key());
    assertThat(TestRequests.keyed(TestRequests.with(moved, "fit", "crop")).key())
        .isNotEqualTo(request.key());
    assertThat(TestRequests.keyed(TestRequests.with(moved, "classes", List.of("class0"))).key())
        .isNotEqualTo(request.key());
  }

  /** In 1, and 2 of {@code crop}, odd bitmaps, TIFFs, GIFs and tars had other rows. */
  @Test
  void noDatasetOfAnEarlierFormatIsReused() throws Exception {
    IngestRequest request = zipped(TestImages.tree(2, 2));
    for (Fit fit : Fit.values()) {
      assertThat(TestRequests.with(request, "fit", fit.toString()).keyInputs())
          .as(fit.toString())
          .containsEntry("format", 3);
    }
  }

  @Test
  void limitTakesSoManyOfEachClassAlways() throws Exception {
    IngestRequest request = zipped(TestImages.tree(2, 50));
    IngestRequest seven = TestRequests.with(request, "limit", 7);
    IngestPlan plan = IngestPlan.of(seven);
    assertThat(plan.items()).hasSize(14);
    assertThat(IngestPlan.of(seven).items()).isEqualTo(plan.items());
    assertThat(plan.items()).isNotEqualTo(IngestPlan.of(request).items().subList(0, 14));
  }

  @Test
  void whatIsRefusedOfAnotherClassIsNoLoss() throws Exception {
    Map<String, byte[]> files = TestImages.tree(2, 5);
    files.put("class1/a\nb.png", TestImages.numbered(1));
    IngestRequest request = zipped(files);

    assertThat(IngestPlan.of(request).refused())
        .containsExactly(
            new DeadLetter("class1/a\nb.png", "class1", "control characters in its name"));
    assertThat(IngestPlan.of(TestRequests.with(request, "classes", List.of("class0"))).refused())
        .isEmpty();
  }

  /** As {@code tar -r} makes them: told, and no loss. */
  @Test
  void anEntryThatALaterOneReplacesIsNoLoss() throws Exception {
    Path tar = folder.resolve("x.tar");
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(Files.newOutputStream(tar))) {
      for (int i = 0; i < 3; i++) {
        byte[] content = TestImages.numbered(i);
        TarArchiveEntry entry = new TarArchiveEntry(i == 1 ? "b/1.png" : "a/1.png");
        entry.setSize(content.length);
        out.putArchiveEntry(entry);
        out.write(content);
        out.closeArchiveEntry();
      }
    }
    IngestRequest request =
        TestRequests.keyed(TestRequests.of("digits", tar, SHAPE, folder.resolve("work")));
    IngestResult result = ingest(request, 1);

    assertThat(result.deadLetters()).isZero();
    assertThat(rows(result))
        .extracting(RowInfo::sourceSha256)
        .containsExactly(Sha256.of(TestImages.numbered(2)), Sha256.of(TestImages.numbered(1)));
  }

  /** The images of either would else be those of one class. */
  @Test
  void twoClassesOfOneNameAreRefusedWhereItIsChosen() throws Exception {
    Map<String, byte[]> files = TestImages.tree(2, 5);
    files.put("n01/1.png", TestImages.numbered(77_000));
    Path names = Files.writeString(folder.resolve("names.tsv"), "n01\tclass1\n");
    IngestRequest all =
        TestRequests.keyed(TestRequests.with(zipped(files), "classNames", names.toString()));
    for (List<String> chosen : List.of(List.<String>of(), List.of("class0", "class1"))) {
      IngestRequest request = TestRequests.keyed(TestRequests.with(all, "classes", chosen));
      assertThatThrownBy(() -> Ingestion.begin(request))
          .isInstanceOf(DataRefusedException.class)
          .hasMessage(
              "Cannot read dataset digits: its classes class1 and n01 would both be named class1"
                  + " (give one of them another name in its class names)");
    }
    IngestRequest other = TestRequests.keyed(TestRequests.with(all, "classes", List.of("class0")));
    assertThat(rows(ingest(other, 2)))
        .hasSize(5)
        .extracting(RowInfo::className)
        .containsOnly("class0");
    Map<String, List<String>> namesakes = Map.of("class1", List.of("class1", "n01"));
    assertThat(inspect(all).namesakes()).isEqualTo(namesakes);
    assertThat(inspect(other).namesakes()).as("remembered").isEqualTo(namesakes);
  }

  /** Of a source with namesakes no listing was remembered then. */
  @Test
  void aListingOfAnEarlierVersionIsRead() throws Exception {
    String remembered = "{\"classes\":{\"a\":2},\"splits\":{},\"refused\":[]}";
    assertThat(new ObjectMapper().readValue(remembered, IngestPlan.Inspection.class))
        .isEqualTo(
            new IngestPlan.Inspection(
                new TreeMap<>(Map.of("a", 2)), new TreeMap<>(), new TreeMap<>()));
  }

  @Test
  void inspectionListsClassesAndSplitsWithoutDecoding() throws Exception {
    Map<String, byte[]> files = new TreeMap<>();
    files.put("train/cat/1.jpg", new byte[1]);
    files.put("train/dog/1.jpg", new byte[1]);
    files.put("val/cat/1.jpg", new byte[1]);
    IngestPlan.Inspection inspection = inspect(inSplits(zipped(files)));
    assertThat(inspection.classes()).isEqualTo(Map.of("cat", 2, "dog", 1));
    assertThat(inspection.splits()).isEqualTo(Map.of("train", 2, "val", 1));
  }

  private IngestPlan.Inspection inspect(IngestRequest request) {
    return IngestPlan.inspect(request, new SourceDigest(folder.resolve("work")));
  }

  private static IngestRequest allowing(double maxDeadLetters, IngestRequest request) {
    return TestRequests.with(request, "maxDeadLetters", maxDeadLetters);
  }

  private static IngestRequest inSplits(IngestRequest request) {
    return TestRequests.with(request, "layout", "split/class/file");
  }

  private IngestRequest zipped(Map<String, byte[]> files) throws Exception {
    Path zip = TestImages.zip(folder.resolve("x.zip"), files);
    return TestRequests.keyed(TestRequests.of("digits", zip, SHAPE, folder.resolve("work")));
  }

  private IngestRequest foldered(Path source) {
    return TestRequests.keyed(TestRequests.of("x", source, SHAPE, folder.resolve("work")));
  }

  private IngestRequest tarred(Map<String, byte[]> files) throws Exception {
    Path tgz = folder.resolve("x.tgz");
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(new GZIPOutputStream(Files.newOutputStream(tgz)))) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry("set/" + file.getKey());
        entry.setSize(file.getValue().length);
        tar.putArchiveEntry(entry);
        tar.write(file.getValue());
        tar.closeArchiveEntry();
      }
    }
    return TestRequests.keyed(TestRequests.of("digits", tgz, SHAPE, folder.resolve("work")));
  }

  private static IngestResult ingest(IngestRequest request, int shards) throws Exception {
    IngestAttempt attempt = Ingestion.begin(request, shards);
    TestIngestion.work(attempt);
    return TestIngestion.commit(attempt);
  }

  private ArtifactStore store() {
    return new ArtifactStore(folder.resolve("work"));
  }

  private static List<RowInfo> rows(IngestResult result) throws Exception {
    List<RowInfo> rows = new ArrayList<>();
    for (Path part : DatasetReader.parts(Path.of(result.directory()))) {
      DatasetReader.forEach(part, (row, pixels) -> rows.add(row));
    }
    return rows;
  }

  private static List<String> deadLetters(IngestResult result) throws Exception {
    return Files.readAllLines(Path.of(result.directory()).resolve("dead-letters.jsonl"));
  }
}
