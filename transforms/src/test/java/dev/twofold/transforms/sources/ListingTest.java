package dev.twofold.transforms.sources;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListingTest {

  @TempDir Path folder;

  @Test
  void classIsTheFolder() {
    assertThat(list("class/file", "cat/1.jpg", "cat/2.jpg", "dog/sub/1.jpg"))
        .containsExactly("cat/1.jpg cat", "cat/2.jpg cat", "dog/sub/1.jpg dog");
  }

  @Test
  void foldersAboveAllClassesAreSkipped() {
    assertThat(list("class/file", "amazon/images/bike/1.jpg", "amazon/images/mug/1.jpg"))
        .containsExactly("amazon/images/bike/1.jpg bike", "amazon/images/mug/1.jpg mug");
  }

  /** Such as checksums, and a name that no rule of side files knows. */
  @Test
  void aFileBesideTheFoldersAboveAllClassesHidesNoClass() {
    Listing listing =
        listing("class/file", "SHA256SUMS.asc", "set/images/cat/1.jpg", "set/images/dog/1.jpg");
    assertThat(listing.counts()).isEqualTo(Map.of("cat", 1, "dog", 1));
    assertThat(listing.refused())
        .containsExactly(new DeadLetter("SHA256SUMS.asc", "", "stands in no class folder"));
    assertThat(list("split/class/file", "x.asc", "set/train/cat/1.jpg", "set/val/cat/2.jpg"))
        .containsExactly("set/train/cat/1.jpg cat train", "set/val/cat/2.jpg cat val");
    assertThat(listing("class/file", "README.txt", "a/b/cat/1.jpg", "a/b/dog/1.jpg").counts())
        .isEqualTo(Map.of("cat", 1, "dog", 1));
  }

  @Test
  void aFileBesideClassesOrSplitsTakesNoneOfThemForAFolderAbove() {
    assertThat(list("class/file", "x.asc", "cat/1.jpg", "dog/sub/1.jpg"))
        .containsExactly("cat/1.jpg cat", "dog/sub/1.jpg dog");
    assertThat(list("class/file", "x.asc", "cat/1.jpg", "cat/sub/2.jpg"))
        .containsExactly("cat/1.jpg cat", "cat/sub/2.jpg cat");
    assertThat(list("split/class/file", "x.asc", "train/cat/sub/1.jpg", "train/dog/sub/1.jpg"))
        .containsExactly("train/cat/sub/1.jpg cat train", "train/dog/sub/1.jpg dog train");
  }

  @Test
  void splitIsTheFolderAbove() {
    assertThat(list("split/class/file", "x/train/cat/1.jpg", "x/Validation/cat/2.jpg"))
        .containsExactly("x/train/cat/1.jpg cat train", "x/Validation/cat/2.jpg cat val");
  }

  @Test
  void hostileNamesAreDeadLettersAndDrossIsNothing() {
    Listing listing =
        listing(
            "class/file",
            "cat/1.jpg",
            "../../etc/cron.d/x",
            "cat/../../x.jpg",
            "/etc/passwd",
            "C:\\windows\\x.jpg",
            "cat/a\tb.jpg",
            "cat/a\u007fb.jpg",
            "lonely.jpg",
            "README.txt",
            "LICENSE",
            "__MACOSX/cat/._1.jpg",
            "cat/.DS_Store",
            "cat/Thumbs.db");
    assertThat(listing.items()).extracting(Listing.Item::id).containsExactly("cat/1.jpg");
    assertThat(listing.refused())
        .containsExactlyInAnyOrder(
            new DeadLetter("../../etc/cron.d/x", "", "escapes from the archive"),
            new DeadLetter("cat/../../x.jpg", "", "escapes from the archive"),
            new DeadLetter("/etc/passwd", "", "absolute path"),
            new DeadLetter("C:\\windows\\x.jpg", "", "absolute path"),
            new DeadLetter("cat/a\tb.jpg", "cat", "control characters in its name"),
            new DeadLetter("cat/a\u007fb.jpg", "cat", "control characters in its name"),
            new DeadLetter("lonely.jpg", "", "stands in no class folder"));
  }

  /** {@code é} of code page 437 is 0x82. */
  @Test
  void namesOfOldCodePagesAreNames() {
    assertThat(list("class/file", "caf\u0082/1.jpg", "caf\u0082/2.jpg"))
        .containsExactly("caf\u0082/1.jpg caf\u0082", "caf\u0082/2.jpg caf\u0082");
  }

  /** A note among the images of a class is neither one of them nor a loss. */
  @Test
  void sideFilesInClassFoldersArePassedOver() {
    String[] paths = {
      "cat/1.jpg",
      "cat/README.md",
      "cat/labels.CSV",
      "cat/more.zip",
      "cat/more.TAR",
      "cat/more.tar.gz",
      "cat/more.tgz",
      "cat/.hidden.jpg",
      "dog/bare",
      "dog/desktop.ini",
      "notes/why.txt"
    };
    Listing listing = listing("class/file", paths);
    assertThat(listing.refused()).isEmpty();
    assertThat(listing.counts()).isEqualTo(Map.of("cat", 1, "dog", 1));
    assertThat(list("split/class/file", "train/cat/1.jpg", "train/cat/1.json", "raw/x/notes.txt"))
        .containsExactly("train/cat/1.jpg cat train");
  }

  @Test
  void sourceWithoutClassesIsRefused() {
    assertThatThrownBy(() -> list("class/file", "1.jpg", "2.jpg"))
        .isInstanceOf(DataRefusedException.class)
        .hasMessage(
            "Cannot read dataset animals: of its 2 files none is an image in a class folder (must"
                + " be <class>/<image>, or `layout:` must say otherwise)");
    assertThatThrownBy(() -> list("split/class/file", "cat/1.jpg"))
        .hasMessage(
            "Cannot read dataset animals: of its 1 files none stands in a class folder in a split"
                + " folder (must be <train, val or test>/<class>/<image>, or `layout:` must say"
                + " otherwise)");
  }

  @Test
  void labelFileOfAnotherSourceIsRefused() throws Exception {
    Path labels = Files.writeString(folder.resolve("labels.csv"), "file,label\nother/1.jpg,cat\n");
    assertThatThrownBy(() -> list(labels.toString(), "images/1.jpg"))
        .isInstanceOf(DataRefusedException.class)
        .hasMessage(
            "Cannot read dataset animals: of its 1 files none is named in %s (its column"
                    .formatted(labels)
                + " `file` must hold paths in the source)");
  }

  @Test
  void labelFileSaysClassAndSplit() throws Exception {
    Path labels = folder.resolve("labels.csv");
    Files.writeString(
        labels,
        """
        file,label,split
        ./images/1.jpg,"cat, domestic",train
        images/2.jpg,dog,test
        images/2.jpg,wolf,test
        images/3.jpg,dog,train
        """);
    Listing listing = listing(labels.toString(), "images/1.jpg", "images/2.jpg", "images/9.jpg");
    assertThat(listing.items())
        .extracting(item -> item.id() + " " + item.className() + " " + item.split())
        .containsExactly("images/1.jpg cat, domestic train");
    assertThat(listing.refused())
        .containsExactly(
            new DeadLetter("images/2.jpg", "", "the label file names it 2 times"),
            new DeadLetter("images/3.jpg", "dog", "named in the label file, not in the source"));
  }

  /** So that they count where their class is chosen, and there alone. */
  @Test
  void whatIsRefusedHasItsClassWhereOthersHaveIt() throws Exception {
    assertThat(
            listing(
                    "split/class/file",
                    "set/train/cat/1.jpg",
                    "set/raw/cat/2.jpg",
                    "set/raw/owl/3.jpg",
                    "set/val/cat/a\nb.jpg",
                    "set/val/owl/a\nb.jpg")
                .refused())
        .extracting(DeadLetter::id, DeadLetter::className)
        .containsExactlyInAnyOrder(
            tuple("set/raw/cat/2.jpg", "cat"),
            tuple("set/raw/owl/3.jpg", ""),
            tuple("set/val/cat/a\nb.jpg", "cat"),
            tuple("set/val/owl/a\nb.jpg", ""));
    Path labels =
        Files.writeString(
            folder.resolve("labels.csv"),
            "file,label\n1.jpg,cat\n2.jpg,cat\n2.jpg,cat\n\"a\nb.jpg\",cat\n");
    assertThat(listing(labels.toString(), "1.jpg", "2.jpg", "a\nb.jpg").refused())
        .containsExactly(
            new DeadLetter("a\nb.jpg", "cat", "control characters in its name"),
            new DeadLetter("2.jpg", "cat", "the label file names it 2 times"));
  }

  @Test
  void aQuoteWithinAFieldIsACharacter() throws Exception {
    Path labels = folder.resolve("labels.csv");
    Files.writeString(
        labels,
        """
        file,label
        a/1.jpg,5" disk
        a/2.jpg, "cat, domestic"
        a/3.jpg,3" disk
        a/4.jpg,"the ""big"" dog"
        """);
    assertThat(list(labels.toString(), "a/1.jpg", "a/2.jpg", "a/3.jpg", "a/4.jpg"))
        .containsExactly(
            "a/1.jpg 5\" disk",
            "a/2.jpg cat, domestic",
            "a/3.jpg 3\" disk",
            "a/4.jpg the \"big\" dog");
  }

  @Test
  void quotesThatDoNotFitAreRefusedWithTheirLine() throws Exception {
    Path labels = folder.resolve("labels.csv");
    Files.writeString(labels, "file,label\n1.jpg,cat\n2.jpg,\"dog\n3.jpg,cat\n");
    assertThatThrownBy(() -> list(labels.toString(), "1.jpg"))
        .isInstanceOf(DataRefusedException.class)
        .hasMessage(
            "Cannot read dataset animals: %s: line 3: its quote is not closed (close it)"
                .formatted(labels));
    Files.writeString(labels, "file,label\n1.jpg,cat\n2.jpg,\"5\" disk\"\n");
    assertThatThrownBy(() -> list(labels.toString(), "1.jpg"))
        .hasMessage(
            "Cannot read dataset animals: %s: line 3: text behind a quote that closes (double the"
                    .formatted(labels)
                + " quotes inside of quotes)");
  }

  @Test
  void namesOfClassesHaveNoControlCharacters() throws Exception {
    Path labels = folder.resolve("labels.csv");
    for (String label : List.of("big\tdog", "\"big\ndog\"")) {
      Files.writeString(labels, "file,label\n1.jpg,cat\n2.jpg," + label + "\n");
      assertThatThrownBy(() -> list(labels.toString(), "1.jpg", "2.jpg"))
          .isInstanceOf(DataRefusedException.class)
          .hasMessage(
              "Cannot read dataset animals: %s: line 3: its label has a tab, a line break or the"
                      .formatted(labels)
                  + " like (take it out)");
    }
    Path names = Files.writeString(folder.resolve("names.csv"), "n1,cat\nn2,\"big\ndog\"\n");
    assertThatThrownBy(() -> ClassNames.read("animals", names))
        .isInstanceOf(DataRefusedException.class)
        .hasMessage(
            "Cannot read dataset animals: %s: line 2: the name of n2 has a tab, a line break or"
                    .formatted(names)
                + " the like (take it out)");
    Files.writeString(names, "n1,\"cat\nn2,dog\n");
    assertThatThrownBy(() -> ClassNames.read("animals", names))
        .hasMessage(
            "Cannot read dataset animals: cannot read the class names: %s: line 1: its quote is"
                    .formatted(names)
                + " not closed (close it)");
  }

  @Test
  void labelFileWithAnUnknownSplitIsRefused() throws Exception {
    Path labels =
        Files.writeString(
            folder.resolve("labels.csv"), "file,label,split\n1.jpg,cat,\n2.jpg,cat,holdout\n");
    assertThatThrownBy(() -> list(labels.toString(), "1.jpg", "2.jpg"))
        .hasMessage(
            "Cannot read dataset animals: %s: the split holdout is none of train, val and test"
                .formatted(labels));
  }

  @Test
  void aLineWithoutALabelIsNoClassOfItsOwn() throws Exception {
    Path labels =
        Files.writeString(folder.resolve("labels.csv"), "file,label\n1.jpg,cat\n2.jpg, \n");
    assertThatThrownBy(() -> list(labels.toString(), "1.jpg", "2.jpg"))
        .hasMessageContaining("labels.csv: the line [2.jpg,  ] has no label (give it one,");
  }

  @Test
  void labelFileWithoutItsColumnsIsRefused() throws Exception {
    Path labels = Files.writeString(folder.resolve("labels.tsv"), "name\tlabel\n");
    assertThatThrownBy(() -> list(labels.toString(), "1.jpg"))
        .hasMessage(
            "Cannot read dataset animals: %s: its first line is [name, label] (must name the"
                    .formatted(labels)
                + " columns file and label)");
  }

  @Test
  void unknownLayoutIsRefused() {
    assertThatThrownBy(() -> Layout.parse("file/class"))
        .hasMessage(
            "Invalid layout: file/class (must be class/file, split/class/file, or a .csv or .tsv"
                + " file)");
  }

  @Test
  void classNamesKeepNamesakesApart() throws Exception {
    Path names =
        Files.writeString(
            folder.resolve("names.tsv"), "n1\tgoldfish, Carassius\nn2\tcrane\nn3\tcrane\n");
    ClassNames classNames = ClassNames.read("animals", names);
    assertThat(List.of(classNames.of("n1"), classNames.of("n2"), classNames.of("n3")))
        .containsExactly("goldfish, Carassius", "crane (n2)", "crane (n3)");
    assertThat(classNames.of("n4")).isEqualTo("n4");
  }

  /** A class that the file does not list keeps its folder's name. */
  @Test
  void aNameThatAnotherClassHasIsToldAndRefusedWhereItIsChosen() throws Exception {
    Path names = Files.writeString(folder.resolve("names.tsv"), "n01\tcat\nn02\tdog\n");
    ClassNames classNames = ClassNames.read("animals", names);
    Layout layout = Layout.parse("class/file");
    NamedFiles files = new NamedFiles(List.of("cat/1.jpg", "n01/2.jpg", "n02/3.jpg", "owl/4.jpg"));
    Listing listing = Listing.of("animals", files, layout, classNames);
    assertThat(listing.namesakes()).isEqualTo(Map.of("cat", List.of("cat", "n01")));
    assertThat(choose(listing, new ClassSelection(List.of("owl", "dog"), 0, 0)))
        .containsExactly("dog", "owl");
    for (ClassSelection selection :
        List.of(
            new ClassSelection(List.of(), 0, 0),
            new ClassSelection(List.of("cat", "dog"), 0, 0),
            new ClassSelection(List.of(), 3, 7))) {
      assertThatThrownBy(() -> choose(listing, selection))
          .as(selection.toString())
          .isInstanceOf(DataRefusedException.class)
          .hasMessage(
              "Cannot read dataset animals: its classes cat and n01 would both be named cat (give"
                  + " one of them another name in its class names)");
    }
    NamedFiles others = new NamedFiles(List.of("owl/1.jpg", "n01/2.jpg", "n02/3.jpg"));
    Listing apart = Listing.of("animals", others, layout, classNames);
    assertThat(apart.namesakes()).isEmpty();
    assertThat(apart.counts()).isEqualTo(Map.of("owl", 1, "cat", 1, "dog", 1));
  }

  private static List<String> choose(Listing listing, ClassSelection selection) {
    TreeSet<String> existing = new TreeSet<>(listing.counts().keySet());
    return selection.choose("animals", existing, listing.namesakes());
  }

  @Test
  void missingClassIsNamed() {
    ClassSelection selection = new ClassSelection(List.of("keyborad"), 0, 0);
    assertThatThrownBy(
            () -> selection.choose("animals", new TreeSet<>(List.of("mouse", "keyboard", "mug"))))
        .isInstanceOf(DataRefusedException.class)
        .hasMessage(
            "Cannot find class keyborad in dataset animals: it has 3 classes (its source has changed"
                + " since the plan: run again)");
  }

  @Test
  void drawIsByTheSeedAlone() {
    TreeSet<String> existing = new TreeSet<>(List.of("a", "b", "c", "d", "e", "f", "g", "h"));
    List<String> drawn = new ClassSelection(List.of(), 3, 7).choose("x", existing);
    assertThat(drawn).hasSize(3).isSorted().isSubsetOf(existing);
    assertThat(new ClassSelection(List.of(), 3, 7).choose("x", existing)).isEqualTo(drawn);
    assertThat(new ClassSelection(List.of(), 3, 8).choose("x", existing)).isNotEqualTo(drawn);
    assertThatThrownBy(() -> new ClassSelection(List.of(), 9, 7).choose("x", existing))
        .hasMessage("Cannot draw 9 classes of dataset x: it has 8 (must be at most as many)");
  }

  private List<String> list(String layout, String... paths) {
    return listing(layout, paths).items().stream()
        .map(item -> (item.id() + " " + item.className() + " " + item.split()).strip())
        .toList();
  }

  private static Listing listing(String layout, String... paths) {
    return Listing.of(
        "animals", new NamedFiles(List.of(paths)), Layout.parse(layout), ClassNames.none());
  }

  /** A source of files that hold their own name. */
  private record NamedFiles(List<String> paths) implements ImageSource {

    @Override
    public List<SourceEntry> entries() {
      return paths.stream().map(path -> new SourceEntry(path, 1, 0)).toList();
    }

    @Override
    public byte[] read(SourceEntry entry) {
      return entry.path().getBytes(UTF_8);
    }

    @Override
    public String describe(SourceEntry entry) {
      return entry.path();
    }

    @Override
    public void close() {}
  }
}
