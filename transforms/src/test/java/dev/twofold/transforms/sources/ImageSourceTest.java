package dev.twofold.transforms.sources;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twofold.transforms.TestImages;
import dev.twofold.transforms.artifacts.DurableFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageSourceTest {
  private static final Map<String, byte[]> FILES =
      new TreeMap<>(
          Map.of("b/2.png", bytes("two"), "a/1.png", bytes("one"), "b/10.png", bytes("ten")));

  @TempDir Path folder;

  @Test
  void folderZipAndTarHoldTheSame() throws Exception {
    Path tar = Files.write(folder.resolve("x.tar"), tar(FILES));
    Path tgz = folder.resolve("x.tar.gz");
    try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(tgz))) {
      out.write(tar(FILES));
    }
    assertThat(contents(TestImages.folder(folder.resolve("tree"), FILES)))
        .containsExactly(
            Map.entry("a/1.png", "one"), Map.entry("b/10.png", "ten"), Map.entry("b/2.png", "two"));
    for (Path archive : new Path[] {TestImages.zip(folder.resolve("x.zip"), FILES), tar, tgz}) {
      assertThat(contents(archive))
          .as(archive.toString())
          .isEqualTo(contents(folder.resolve("tree")));
    }
  }

  @Test
  void aNameThatStandsTwiceIsThatOfTheLast() throws Exception {
    Path zip = folder.resolve("x.zip");
    Path tar = folder.resolve("x.tar");
    try (ZipArchiveOutputStream zipped = new ZipArchiveOutputStream(Files.newOutputStream(zip));
        TarArchiveOutputStream tarred = new TarArchiveOutputStream(Files.newOutputStream(tar))) {
      for (String text : new String[] {"file,label\na/1.png,wolf\n", "file,label\na/1.png,dog\n"}) {
        for (String name : new String[] {"a/1.png", "labels.csv"}) {
          zipped.putArchiveEntry(new ZipArchiveEntry(name));
          zipped.write(bytes(text));
          zipped.closeArchiveEntry();
          TarArchiveEntry entry = new TarArchiveEntry(name);
          entry.setSize(text.length());
          tarred.putArchiveEntry(entry);
          tarred.write(bytes(text));
          tarred.closeArchiveEntry();
        }
      }
    }
    for (Path archive : new Path[] {zip, tar}) {
      try (ImageSource source = open(archive)) {
        Listing listing =
            Listing.of("digits", source, Layout.parse("labels.csv"), ClassNames.none());
        Listing.Item item = listing.items().get(0);
        assertThat(listing.items()).as(archive.toString()).hasSize(1);
        assertThat(item.className()).isEqualTo("dog");
        assertThat(source.read(item.entry())).asString().endsWith("dog\n");
        assertThat(listing.refused())
            .containsExactly(
                new DeadLetter(
                    "a/1.png", "", "the source holds this name twice; the last one counts"),
                new DeadLetter(
                    "labels.csv", "", "the source holds this name twice; the last one counts"));
      }
    }
  }

  @Test
  void aBackslashInTheNameOfAFileIsItsOwn() throws Exception {
    Path tree = TestImages.folder(folder.resolve("tree"), FILES);
    Files.write(tree.resolve("a\\2.png"), bytes("windows"));
    assertThat(contents(tree)).containsEntry("a\\2.png", "windows").hasSize(4);
    try (ImageSource source = open(tree)) {
      Listing listing = Listing.of("digits", source, Layout.parse("class/file"), ClassNames.none());
      assertThat(listing.counts()).isEqualTo(Map.of("a", 2, "b", 2));
    }
  }

  /** It would have another name, or none, on a worker with another locale. */
  @Test
  void aFolderThatTheLocaleCannotSpellIsRefused() throws Exception {
    Path tree = TestImages.folder(folder.resolve("tree"), FILES);
    run("/bin/sh", "-c", "touch \"$0/$(printf 'caf\\303\\251.png')\"", tree.toString());
    String message =
        run(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Digest.class.getName(),
            tree.toString(),
            folder.resolve("work").toString());
    assertThat(message)
        .startsWith("Cannot read dataset digits: " + tree + ": ")
        .contains("(set LC_ALL=C.UTF-8)");
  }

  private static String run(String... command) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("LC_ALL", "POSIX");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).isZero();
    return output;
  }

  /** Prints why a folder's digest is refused. */
  static final class Digest {
    public static void main(String[] arguments) {
      try {
        new SourceDigest(Path.of(arguments[1])).of("digits", Path.of(arguments[0]));
      } catch (DataRefusedException e) {
        System.out.print(e.getMessage());
      }
    }
  }

  @Test
  void tarInATarIsAFolder() throws Exception {
    Map<String, byte[]> outer = new TreeMap<>();
    outer.put("n01440764.tar", tar(Map.of("n01440764_1.JPEG", bytes("tench"))));
    outer.put("n01443537.tar", tar(Map.of("n01443537_2.JPEG", bytes("goldfish"))));
    Path tar = Files.write(folder.resolve("ILSVRC2012_img_train.tar"), tar(outer));

    assertThat(contents(tar))
        .containsExactly(
            Map.entry("n01440764/n01440764_1.JPEG", "tench"),
            Map.entry("n01443537/n01443537_2.JPEG", "goldfish"));
  }

  @Test
  void linkInATarIsNoFile() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes)) {
      TarArchiveEntry link = new TarArchiveEntry("a/passwd.png", TarConstants.LF_SYMLINK);
      link.setLinkName("/etc/passwd");
      out.putArchiveEntry(link);
      out.closeArchiveEntry();
    }
    Path tar = Files.write(folder.resolve("x.tar"), bytes.toByteArray());
    try (ImageSource source = open(tar)) {
      assertThatThrownBy(() -> source.read(source.entries().get(0)))
          .hasMessage("is a link, not a file");
    }
  }

  /** As of a mount that is not there: listed, in the digest, and lost with a reason. */
  @Test
  void aLinkToNothingIsNoSilence() throws Exception {
    Path source = Files.createDirectories(folder.resolve("links"));
    Files.write(Files.createDirectories(source.resolve("ant")).resolve("1.png"), new byte[] {1});
    String whole = new SourceDigest(folder.resolve("work")).of("links", source);
    Files.createSymbolicLink(source.resolve("ant/2.png"), folder.resolve("nowhere/2.png"));
    assertThat(new SourceDigest(folder.resolve("work")).of("links", source)).isNotEqualTo(whole);

    try (ImageSource images = ImageSource.open("links", source, folder.resolve("work"))) {
      assertThat(images.entries())
          .extracting(SourceEntry::path)
          .containsExactly("ant/1.png", "ant/2.png");
      assertThatThrownBy(() -> images.read(images.entries().get(1)))
          .hasMessage("is a link to what is not there");
      Listing listing = Listing.of("links", images, Layout.parse("class/file"), ClassNames.none());
      assertThat(listing.items()).extracting(Listing.Item::id).contains("ant/2.png");
    }
    Files.createSymbolicLink(source.resolve("bee"), folder.resolve("nowhere/bee"));
    assertThatThrownBy(() -> ImageSource.open("links", source, folder.resolve("work")))
        .isInstanceOf(DataRefusedException.class)
        .hasMessageContaining("bee is a link to what is not there (mount it, or ");
  }

  @Test
  void truncatedArchivesAreRefused() throws Exception {
    byte[] zip = Files.readAllBytes(TestImages.zip(folder.resolve("x.zip"), FILES));
    Path cutZip = cut(folder.resolve("cut.zip"), zip, zip.length - 10);
    Path cutTar = cut(folder.resolve("cut.tar"), tar(FILES), 700);
    for (Path archive : new Path[] {cutZip, cutTar}) {
      assertThatThrownBy(() -> open(archive))
          .isInstanceOf(DataRefusedException.class)
          .hasMessageStartingWith("Cannot read dataset digits: " + archive + ": ")
          .hasMessageEndingWith("(is the file complete? Get it again, or name another path)");
    }
  }

  @Test
  void whatIsNotThereOrNoArchiveIsRefused() throws Exception {
    assertThatThrownBy(() -> open(folder.resolve("none.zip")))
        .hasMessage(
            "Cannot read dataset digits: %s: there is no such file or folder"
                .formatted(folder.resolve("none.zip")));
    Path text = Files.writeString(folder.resolve("readme.txt"), "");
    assertThatThrownBy(() -> open(text))
        .hasMessageContaining("is no folder, .zip, .tar, .tar.gz or .tgz");
  }

  @Test
  void entryThatUnpacksWithoutEndIsNotRead() throws Exception {
    Path zip = folder.resolve("bomb.zip");
    try (var out = new ZipOutputStream(Files.newOutputStream(zip))) {
      out.setLevel(1);
      out.putNextEntry(new ZipEntry("a/bomb.png"));
      byte[] megabyte = new byte[1 << 20];
      for (int i = 0; i <= 256; i++) {
        out.write(megabyte);
      }
    }
    try (ImageSource source = open(zip)) {
      assertThatThrownBy(() -> source.read(source.entries().get(0)))
          .isInstanceOf(IOException.class)
          .hasMessage("oversized: 269484032 bytes (must be at most 268435456)");
    }
  }

  @Test
  void compressedTarThatUnpacksWithoutEndIsRefused() throws Exception {
    Path tgz = folder.resolve("bomb.tgz");
    try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(tgz))) {
      byte[] megabyte = new byte[1 << 20];
      for (int i = 0; i <= 64; i++) {
        out.write(megabyte);
      }
    }
    assertThatThrownBy(() -> open(tgz)).hasMessageContaining("unpacks to more than 67108864 bytes");
  }

  @Test
  void digestIsThatOfTheContentAndRemembered() throws Exception {
    Path zip = Files.write(folder.resolve("abc.zip"), bytes("abc"));
    SourceDigest digest = new SourceDigest(folder.resolve("work"));
    // printf abc | sha256sum
    assertThat(digest.of("digits", zip))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

    Path tree = TestImages.folder(folder.resolve("tree"), FILES);
    String before = digest.of("digits", tree);
    assertThat(digest.of("digits", tree)).isEqualTo(before);
    Files.write(tree.resolve("a/1.png"), bytes("ONE!"));
    String after = digest.of("digits", tree);
    assertThat(after).isNotEqualTo(before);
    DurableFiles.deleteTree(tree);
    assertThat(digest.of("digits", tree)).as("as it was last read").isEqualTo(after);
    assertThat(folder.resolve("work/digests")).isDirectoryContaining("glob:**.json");
  }

  private Map<String, String> contents(Path path) throws Exception {
    try (ImageSource source = open(path)) {
      Map<String, String> contents = new LinkedHashMap<>();
      for (SourceEntry entry : source.entries()) {
        contents.put(entry.path(), new String(source.read(entry), UTF_8));
      }
      return contents;
    }
  }

  private ImageSource open(Path path) {
    return ImageSource.open("digits", path, folder.resolve("work"));
  }

  private static byte[] tar(Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
        entry.setSize(file.getValue().length);
        out.putArchiveEntry(entry);
        out.write(file.getValue());
        out.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static Path cut(Path file, byte[] content, int length) throws IOException {
    return Files.write(file, Arrays.copyOf(content, length));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
