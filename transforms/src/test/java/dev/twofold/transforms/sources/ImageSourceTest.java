package dev.twofold.transforms.sources;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twofold.transforms.TestImages;
import dev.twofold.transforms.artifacts.DurableFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
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
                    "a/1.png", "dog", "the source holds this name twice; the last one counts"),
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
    String message = java(Digest.class, tree.toString(), folder.resolve("work").toString());
    assertThat(message)
        .startsWith("Cannot read dataset digits: " + tree + ": ")
        .contains("(set LC_ALL=C.UTF-8)");
  }

  private static String java(Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
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

  /** As macOS packs them beside each file that has more to it than its content. */
  @Test
  void theResourceForkOfATarIsNoTar() throws Exception {
    Map<String, byte[]> outer = new TreeMap<>();
    outer.put("._n01440764.tar", bytes("\0\5\26\7\0\2\0\0Mac OS X        ".repeat(100)));
    outer.put("n01440764.tar", tar(Map.of("n01440764_1.JPEG", bytes("tench"))));
    Path tar = Files.write(folder.resolve("train.tar"), tar(outer));

    try (ImageSource source = open(tar)) {
      Listing listing = Listing.of("digits", source, Layout.parse("class/file"), ClassNames.none());
      assertThat(listing.counts()).isEqualTo(Map.of("n01440764", 1));
      assertThat(listing.refused()).isEmpty();
    }
  }

  /** Read as UTF-8, both folders are one, {@code ?}. */
  @Test
  void namesOfOldCodePagesAreKeptApart() throws Exception {
    List<String> names = List.of("\u00e9/1", "\u00e9/3", "\u00fc/2", "\u00fc/3", "tea/1", "why?/1");
    Map<String, byte[]> files = new TreeMap<>();
    names.forEach(name -> files.put(name, bytes(name)));
    Path tar = Files.write(folder.resolve("latin.tar"), tar(files, "ISO-8859-1"));
    assertThat(contents(tar)).containsOnlyKeys(names).containsEntry("\u00fc/3", "\u00fc/3");
    assertThat(contents(Files.write(tar, tar(files, "UTF-8")))).containsOnlyKeys(names);
    byte[] inner = tar(Map.of("\u00e9", bytes("e"), "\u00fc", bytes("u")), "ISO-8859-1");
    assertThat(contents(Files.write(tar, tar(Map.of("a.tar", inner)))))
        .containsExactly(Map.entry("a/\u00e9", "e"), Map.entry("a/\u00fc", "u"));
  }

  /** As where an old folder was packed again with a new one. */
  @Test
  void oneNameOfAnOldCodePageSpoilsNoOther() throws Exception {
    byte[] latin = tar(Map.of("\u00e9/b\u00e9.png", bytes("old")), "ISO-8859-1");
    byte[] utf8 = tar(Map.of("K\u00e4se/1.png", bytes("new")), "UTF-8");
    assertThat(contents(Files.write(folder.resolve("x.tar"), joined(latin, utf8))))
        .containsExactly(
            Map.entry("K\u00e4se/1.png", "new"), Map.entry("\u00e9/b\u00e9.png", "old"));
  }

  /** Of two tars of one small file each, a header and a block, as {@code tar -A} joins them. */
  private static byte[] joined(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, 1024 + second.length);
    System.arraycopy(second, 0, both, 1024, second.length);
    return both;
  }

  @Test
  void namesOfATarAreTheSameInEveryLocale() throws Exception {
    Path tar = folder.resolve("x.tar");
    Files.write(tar, tar(Map.of("caf\u00e9/1.png", bytes("x")), "UTF-8"));
    assertThat(java(Names.class, tar.toString(), folder.resolve("work").toString()))
        .isEqualTo("[caf\\u00e9/1.png]");
  }

  /** Prints what a source's entries are called, in ASCII. */
  static final class Names {
    public static void main(String[] arguments) {
      try (ImageSource source =
          ImageSource.open("digits", Path.of(arguments[0]), Path.of(arguments[1]))) {
        List<String> names = source.entries().stream().map(SourceEntry::path).toList();
        System.out.print(names.toString().replace("\u00e9", "\\u00e9"));
      }
    }
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
    assertThatThrownBy(() -> contents(source))
        .isInstanceOf(DataRefusedException.class)
        .hasMessageContaining("bee is a link to what is not there (mount it, or ");
  }

  /** A worker that knows its entries need not. */
  @Test
  void aSourceIsListedWhenItIsAskedWhatItHolds() throws Exception {
    Path tree = TestImages.folder(folder.resolve("tree"), FILES);
    try (ImageSource source = open(tree)) {
      Files.write(tree.resolve("a/3.png"), bytes("three"));
      assertThat(source.entries()).extracting(SourceEntry::path).contains("a/3.png");
    }
  }

  /** As of a worker whose locale cannot spell what another listed. */
  @Test
  void aNameThatCannotBeSpelledHereIsRefusedWithARemedy() throws Exception {
    Path tree = TestImages.folder(folder.resolve("tree"), FILES);
    try (ImageSource source = open(tree)) {
      assertThatThrownBy(() -> source.read(new SourceEntry("a/\0.png", 1, 0)))
          .isInstanceOf(DataRefusedException.class)
          .hasMessageEndingWith("(set LC_ALL=C.UTF-8)");
    }
  }

  /** Java's library reads it without a word. */
  @Test
  void contentThatIsNotThatOfItsChecksumIsAFault() throws Exception {
    Path zip = folder.resolve("x.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      out.setLevel(0);
      for (String name : new String[] {"a/1.png", "a/2.png"}) {
        out.putNextEntry(new ZipEntry(name));
        out.write(bytes("content of " + name));
        out.closeEntry();
      }
    }
    byte[] bytes = Files.readAllBytes(zip);
    bytes[new String(bytes, ISO_8859_1).indexOf("content of a/2.png")] = 'C';
    Files.write(zip, bytes);
    try (ImageSource source = open(zip)) {
      assertThat(source.read(source.entries().get(0))).asString().isEqualTo("content of a/1.png");
      assertThatThrownBy(() -> source.read(source.entries().get(1)))
          .isInstanceOf(SourceFaultException.class)
          // python3 -c 'import zlib; print("%08x" % zlib.crc32(b"content of a/2.png"))'
          .hasMessage("damaged: its checksum is 80a21cdf, that in the archive dde4a4ef");
    }
  }

  @Test
  void aStreamThatCannotBeUnpackedIsAFaultOfItsEntry() throws Exception {
    Path zip = TestImages.zip(folder.resolve("x.zip"), Map.of("a/1.png", new byte[1000]));
    byte[] bytes = Files.readAllBytes(zip);
    int content = 30 + "a/1.png".length();
    Arrays.fill(bytes, content, content + 4, (byte) 0xff);
    Files.write(zip, bytes);
    try (ImageSource source = open(zip)) {
      assertThatThrownBy(() -> source.read(source.entries().get(0)))
          .isInstanceOf(SourceFaultException.class)
          .hasMessage("invalid block type");
    }
  }

  /** The system's words are many, and of some faults of a mount Java has no class. */
  @Test
  void whatTheSystemSaysIsNoFaultOfTheEntry() throws Exception {
    Path tree = TestImages.folder(folder.resolve("tree"), FILES);
    try (ImageSource source = open(tree)) {
      SourceEntry entry = source.entries().get(0);
      Files.delete(tree.resolve("a/1.png"));
      Files.createDirectory(tree.resolve("a/1.png"));
      assertThatThrownBy(() -> source.read(entry))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(SourceFaultException.class)
          .hasMessage("Is a directory");
    }
  }

  /** Bit 0 of the flags of an entry, which stand at byte 8 of its line in the directory. */
  @Test
  void encryptedArchivesAreRefused() throws Exception {
    byte[] zip = Files.readAllBytes(TestImages.zip(folder.resolve("x.zip"), FILES));
    for (int i = 0; i < zip.length - 10; i++) {
      if (zip[i] == 'P' && zip[i + 1] == 'K' && zip[i + 2] == 1 && zip[i + 3] == 2) {
        zip[i + 8] |= 1;
      }
    }
    Path locked = Files.write(folder.resolve("locked.zip"), zip);
    assertThatThrownBy(() -> contents(locked))
        .isInstanceOf(DataRefusedException.class)
        .hasMessage(
            "Cannot read dataset digits: %s: it is encrypted (encrypted archives are not read;"
                    .formatted(locked)
                + " unpack it, and name the folder)");
  }

  @Test
  void truncatedArchivesAreRefused() throws Exception {
    byte[] zip = Files.readAllBytes(TestImages.zip(folder.resolve("x.zip"), FILES));
    Path cutZip = cut(folder.resolve("cut.zip"), zip, zip.length - 10);
    Path cutTar = cut(folder.resolve("cut.tar"), tar(FILES), 700);
    for (Path archive : new Path[] {cutZip, cutTar}) {
      assertThatThrownBy(() -> contents(archive))
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

  /** Of the workdir's disk, not of the archive, and with what helps there. */
  @Test
  void noRoomToUnpackIsNoFaultOfTheArchive() throws Exception {
    Path tgz = folder.resolve("x.tgz");
    try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(tgz))) {
      out.write(tar(Map.of("a/1.png", new byte[1 << 20])));
    }
    Path work = folder.resolve("work");
    String message =
        run(
            "/bin/sh",
            "-c",
            "ulimit -f 100; exec \"$0\" -XX:-UsePerfData -cp \"$1\" \"$2\" \"$3\" \"$4\"",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            System.getProperty("java.class.path"),
            Refusal.class.getName(),
            tgz.toString(),
            work.toString());
    assertThat(message)
        .isEqualTo(
            "Cannot read dataset digits: cannot unpack %s to %s: File too large (free space there,"
                    .formatted(tgz, work.resolve("scratch/unpacked"))
                + " or name another --workdir)");
    assertThat(work.resolve("scratch/unpacked")).isEmptyDirectory();

    Files.delete(work.resolve("scratch/unpacked"));
    Files.writeString(work.resolve("scratch/unpacked"), "");
    assertThatThrownBy(() -> open(tgz))
        .isInstanceOf(DataRefusedException.class)
        .hasMessageStartingWith("Cannot read dataset digits: cannot unpack " + tgz + " to " + work)
        .hasMessageEndingWith(" (free space there, or name another --workdir)");
  }

  /** Prints why a source is refused. */
  static final class Refusal {
    public static void main(String[] arguments) {
      try {
        ImageSource.open("digits", Path.of(arguments[0]), Path.of(arguments[1])).close();
      } catch (DataRefusedException e) {
        System.out.print(e.getMessage());
      }
    }
  }

  /** It is in no row; a label file would be, whatever its name. */
  @Test
  void whatSystemsLeaveBehindIsNotInTheDigest() throws Exception {
    Path tree = TestImages.folder(folder.resolve("tree"), FILES);
    String before = digest(tree);
    // for i in a/1.png:one b/10.png:ten b/2.png:two; do printf '%s\t%s\n' ${i%:*}
    //   $(printf ${i#*:} | sha256sum | cut -c-64); done | sha256sum
    assertThat(before)
        .isEqualTo("76043a831387da12cd544db602d3f3b930aec58792119ffac2753a41253aebac");
    Files.write(tree.resolve(".DS_Store"), bytes("x"));
    Files.write(tree.resolve("a/Thumbs.db"), bytes("x"));
    assertThat(digest(tree)).isEqualTo(before);
    assertThat(new SourceDigest(folder.resolve("other")).of("digits", tree)).isEqualTo(before);
    Files.write(tree.resolve(".labels.csv"), bytes("x"));
    assertThat(digest(tree)).isNotEqualTo(before);
  }

  @Test
  void digestIsThatOfTheContentAndRemembered() throws Exception {
    Path zip = Files.write(folder.resolve("abc.zip"), bytes("abc"));
    // printf abc | sha256sum
    assertThat(digest(zip))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

    Path tree = TestImages.folder(folder.resolve("tree"), FILES);
    String before = digest(tree);
    assertThat(digest(tree)).isEqualTo(before);
    Files.write(tree.resolve("a/1.png"), bytes("ONE!"));
    String after = digest(tree);
    assertThat(after).isNotEqualTo(before);
    DurableFiles.deleteTree(tree);
    assertThat(digest(tree)).as("as it was last read").isEqualTo(after);
    assertThat(folder.resolve("work/digests")).isDirectoryContaining("glob:**.json");
  }

  /** A walk through a folder for each dataset that reads it would be many. */
  @Test
  void anInstanceLooksAtASourceOnce() throws Exception {
    Path tree = TestImages.folder(folder.resolve("tree"), FILES);
    SourceDigest digest = new SourceDigest(folder.resolve("work"));
    String before = digest.of("digits", tree);
    Files.write(tree.resolve("a/1.png"), bytes("ONE!"));
    assertThat(digest.of("letters", tree.resolve("../tree"))).isEqualTo(before);
    assertThat(digest(tree)).isNotEqualTo(before);
  }

  private String digest(Path source) {
    return new SourceDigest(folder.resolve("work")).of("digits", source);
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
    return tar(files, "UTF-8");
  }

  private static byte[] tar(Map<String, byte[]> files, String names) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes, names)) {
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
