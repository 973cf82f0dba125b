package dev.twofold.transforms.sources;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A source's entries with class and split, from names alone.
 *
 * <p>At paths of 40 characters it takes some 200 bytes an entry, those of the source included, and
 * as much again while it is made: half a gigabyte for ImageNet. Who wants to know only what the
 * classes are keeps the counts, and lets it go.
 *
 * @param items what may be an image of the dataset, in the order of the id
 * @param refused what cannot be, whatever its content
 * @param namesakes names that two classes would have, with what the source calls both; the items of
 *     either have the name
 */
public record Listing(
    List<Listing.Item> items, List<DeadLetter> refused, SortedMap<String, List<String>> namesakes) {

  public Listing {
    items = List.copyOf(items);
    refused = List.copyOf(refused);
    namesakes = Collections.unmodifiableSortedMap(new TreeMap<>(namesakes));
  }

  /**
   * An entry with what its place says about it.
   *
   * @param id unique and stable: the entry's path
   * @param split {@code train}, {@code val}, {@code test}, or empty
   */
  public record Item(String id, String className, String split, SourceEntry entry) {}

  /**
   * Lists a source.
   *
   * @param dataset for messages
   * @throws DataRefusedException when the label file cannot be used, or no entry has a class
   */
  public static Listing of(
      String dataset, ImageSource source, Layout layout, ClassNames classNames) {
    Sorter sorter = new Sorter(classNames);
    List<Named> images = sorter.images(source.entries());
    switch (layout.kind()) {
      case LABEL_FILE -> sorter.byLabels(images, labels(dataset, source, layout.labels()));
      case CLASS_FILE -> sorter.byFolders(images, FolderKind.CLASS);
      case SPLIT_CLASS_FILE -> sorter.byFolders(images, FolderKind.SPLIT_CLASS);
      default -> throw new IllegalStateException("Unknown layout " + layout);
    }
    if (sorter.items.isEmpty()) {
      throw new DataRefusedException(
          "Cannot read dataset %s: of its %d files %s"
              .formatted(dataset, source.entries().size(), noneIsAnImage(layout)));
    }
    return sorter.listing();
  }

  private static String noneIsAnImage(Layout layout) {
    return switch (layout.kind()) {
      case LABEL_FILE ->
          "none is named in %s (its column `file` must hold paths in the source)"
              .formatted(layout.labels());
      case SPLIT_CLASS_FILE ->
          "none stands in a class folder in a split folder (must be <train, val or"
              + " test>/<class>/<image>, or `layout:` must say otherwise)";
      case CLASS_FILE ->
          "none is an image in a class folder (must be <class>/<image>, or `layout:` must say"
              + " otherwise)";
    };
  }

  /** Every file that may be an image, whatever folder it stands in; none has a class. */
  public static Listing withoutClasses(ImageSource source) {
    Sorter sorter = new Sorter(ClassNames.none());
    sorter.images(source.entries()).stream()
        .filter(image -> !EntryNames.isPlainlyNoImage(image.fileName()))
        .forEach(image -> sorter.add(image, "", ""));
    sorter.refuseRejected(image -> Optional.empty());
    return sorter.listing();
  }

  /** Number of entries a class, sorted by name. */
  public SortedMap<String, Integer> counts() {
    SortedMap<String, Integer> counts = new TreeMap<>();
    items.forEach(item -> counts.merge(item.className(), 1, Integer::sum));
    return counts;
  }

  private enum FolderKind {
    CLASS(2),
    SPLIT_CLASS(3);

    /** Parts of the shortest path of an image. */
    private final int depth;

    FolderKind(int depth) {
      this.depth = depth;
    }

    /** The class that a path below the common folders is of; empty of one too short for it. */
    Optional<String> identifier(List<String> parts) {
      return parts.size() < depth ? Optional.empty() : Optional.of(parts.get(depth - 2));
    }
  }

  private record Named(SourceEntry entry, List<String> parts) {
    String fileName() {
      return parts.get(parts.size() - 1);
    }

    String path() {
      return String.join("/", parts);
    }

    /** Parts below so many folders. */
    List<String> below(int folders) {
      return parts.subList(Math.min(folders, parts.size()), parts.size());
    }
  }

  private record Rejected(Named image, String reason) {}

  private record Label(String className, String split) {}

  private static final class Sorter {
    private final ClassNames classNames;
    private final List<Item> items = new ArrayList<>();
    private final List<DeadLetter> refused = new ArrayList<>();

    /** To be refused once the classes are known. */
    private final List<Rejected> rejected = new ArrayList<>();

    /** What the source calls each class. */
    private final Map<String, String> identifiers = new HashMap<>();

    private final SortedMap<String, List<String>> namesakes = new TreeMap<>();

    Sorter(ClassNames classNames) {
      this.classNames = classNames;
    }

    Listing listing() {
      return new Listing(items, refused, namesakes);
    }

    /** Without dross, escaping names and names that occur twice. */
    List<Named> images(List<SourceEntry> entries) {
      Map<String, Named> images = new LinkedHashMap<>();
      for (SourceEntry entry : entries) {
        List<String> parts = EntryNames.parts(entry.path());
        if (EntryNames.isDross(parts)) {
          continue;
        }
        Named image = new Named(entry, parts);
        var refusal = EntryNames.refusal(entry.path());
        if (refusal.isPresent()) {
          rejected.add(new Rejected(image, refusal.get()));
        } else if (images.put(entry.path(), image) != null) {
          rejected.add(new Rejected(image, DeadLetter.SUPERSEDED));
        }
      }
      return List.copyOf(images.values());
    }

    void byFolders(List<Named> images, FolderKind kind) {
      int root = commonFolders(images, kind);
      for (Named image : images) {
        List<String> parts = image.below(root);
        if (parts.size() < kind.depth) {
          refuseUnlessSideFile(image);
        } else if (!EntryNames.isPlainlyNoImage(image.fileName())) {
          addFromFolders(image, parts, kind);
        }
      }
      refuseRejected(image -> kind.identifier(image.below(root)));
    }

    private void addFromFolders(Named image, List<String> parts, FolderKind kind) {
      if (kind == FolderKind.CLASS) {
        add(image, parts.get(0), "");
      } else {
        addWithSplit(image, parts);
      }
    }

    void byLabels(List<Named> images, Map<String, List<Label>> labels) {
      Map<String, List<Label>> missing = new TreeMap<>(labels);
      for (Named image : images) {
        List<Label> found = missing.remove(image.path());
        if (found == null) {
          continue;
        }
        if (found.size() > 1) {
          rejected.add(
              new Rejected(image, "the label file names it %d times".formatted(found.size())));
        } else {
          add(image, found.get(0).className(), found.get(0).split());
        }
      }
      rejected.forEach(each -> missing.remove(each.image().path()));
      refuseRejected(image -> onlyClass(labels.getOrDefault(image.path(), List.of())));
      missing.forEach(
          (file, found) ->
              refuse(
                  file,
                  classNames.of(found.get(0).className()),
                  "named in the label file, not in the source"));
    }

    private static Optional<String> onlyClass(List<Label> labels) {
      List<String> classes = labels.stream().map(Label::className).distinct().toList();
      return classes.size() == 1 ? Optional.of(classes.get(0)) : Optional.empty();
    }

    private void addWithSplit(Named image, List<String> parts) {
      Splits.canonical(parts.get(0))
          .ifPresentOrElse(
              split -> add(image, parts.get(1), split),
              () ->
                  rejected.add(
                      new Rejected(
                          image, "stands in no split folder (must be train, val or test)")));
    }

    private void add(Named image, String identifier, String split) {
      String className = classNames.of(identifier);
      String other = identifiers.putIfAbsent(className, identifier);
      if (other != null && !other.equals(identifier)) {
        namesakes.putIfAbsent(className, List.of(other, identifier));
      }
      items.add(new Item(image.entry().path(), className, split, image.entry()));
    }

    private void refuseUnlessSideFile(Named image) {
      if (!EntryNames.isSideFile(image.fileName())) {
        refuse(image.entry().path(), "", "stands in no class folder");
      }
    }

    /**
     * With their class, so that they count where it is chosen; without it where it is none of the
     * items', since they must not vanish with a class that nobody can choose.
     */
    void refuseRejected(Function<Named, Optional<String>> identifier) {
      for (Rejected each : rejected) {
        String className =
            identifier
                .apply(each.image())
                .filter(name -> !each.image().parts().contains(".."))
                .map(classNames::of)
                .filter(identifiers::containsKey)
                .orElse("");
        refuse(each.image().entry().path(), className, each.reason());
      }
    }

    private void refuse(String id, String className, String reason) {
      refused.add(new DeadLetter(id, className, reason));
    }
  }

  /** Number of folders that stand above all images and above the layout, as archives often have. */
  private static int commonFolders(List<Named> images, FolderKind kind) {
    List<List<String>> named = paths(images, image -> !EntryNames.isSideFile(image.fileName()));
    List<List<String>> all = paths(images, image -> !EntryNames.isPlainlyNoImage(image.fileName()));
    int root = 0;
    while (isCommon(named, root, kind.depth) || isCommonBesideFiles(all, root, kind)) {
      root++;
    }
    return root;
  }

  private static List<List<String>> paths(List<Named> images, Predicate<Named> which) {
    return images.stream().filter(which).map(Named::parts).toList();
  }

  private static boolean isCommon(List<List<String>> paths, int level, int depth) {
    return !paths.isEmpty()
        && paths.stream()
            .allMatch(
                path ->
                    path.size() > level + depth && path.get(level).equals(paths.get(0).get(level)));
  }

  /**
   * Where all that could be images of a class would be of one, files that stand too high for that,
   * such as checksums, do not make it a class. A folder named as a split remains one.
   */
  private static boolean isCommonBesideFiles(List<List<String>> paths, int level, FolderKind kind) {
    List<List<String>> deep =
        paths.stream().filter(path -> path.size() >= level + kind.depth).toList();
    return isCommon(deep, level, kind.depth)
        && (kind == FolderKind.CLASS || Splits.canonical(deep.get(0).get(level)).isEmpty());
  }

  private static Map<String, List<Label>> labels(
      String dataset, ImageSource source, String labelFile) {
    try {
      List<DelimitedText.Row> rows = DelimitedText.rows(labelFile, labelBytes(source, labelFile));
      List<String> header = rows.isEmpty() ? List.of() : strip(rows.get(0).fields());
      int file = header.indexOf("file");
      int label = header.indexOf("label");
      int split = header.indexOf("split");
      if (file < 0 || label < 0) {
        throw new IOException(
            "its first line is %s (must name the columns file and label)".formatted(header));
      }
      Map<String, List<Label>> labels = new HashMap<>();
      for (DelimitedText.Row line : rows.subList(1, rows.size())) {
        List<String> row = line.fields();
        if (row.size() < header.size()) {
          throw new IOException("the line %s has too few columns".formatted(row));
        }
        if (row.get(label).isBlank()) {
          throw new IOException(
              "the line %s has no label (give it one, or leave it out)".formatted(row));
        }
        if (EntryNames.hasControlCharacters(row.get(label).strip())) {
          throw new IOException(
              "line %d: its label has a tab, a line break or the like (take it out)"
                  .formatted(line.line()));
        }
        String path = String.join("/", EntryNames.parts(row.get(file)));
        String splitName = split < 0 ? "" : splitName(row.get(split).strip());
        labels
            .computeIfAbsent(path, key -> new ArrayList<>())
            .add(new Label(row.get(label).strip(), splitName));
      }
      return labels;
    } catch (IOException e) {
      throw new DataRefusedException(
          "Cannot read dataset %s: %s: %s".formatted(dataset, labelFile, e.getMessage()), e);
    }
  }

  private static String splitName(String given) throws IOException {
    if (given.isEmpty()) {
      return "";
    }
    return Splits.canonical(given)
        .orElseThrow(
            () -> new IOException("the split %s is none of train, val and test".formatted(given)));
  }

  private static List<String> strip(List<String> row) {
    return row.stream().map(String::strip).toList();
  }

  /** A file of this machine, else an entry of the source. */
  private static byte[] labelBytes(ImageSource source, String labelFile) throws IOException {
    Path path = Path.of(labelFile);
    if (Files.exists(path)) {
      return Files.readAllBytes(path);
    }
    SourceEntry last =
        source.entries().stream()
            .filter(entry -> entry.path().equals(labelFile))
            .reduce((earlier, later) -> later)
            .orElseThrow(
                () -> new IOException("there is no such file, neither here nor in the source"));
    return source.read(last);
  }
}
