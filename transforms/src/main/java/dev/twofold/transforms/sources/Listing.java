package dev.twofold.transforms.sources;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A source's entries with class and split, from names alone.
 *
 * @param items what may be an image of the dataset, in the order of the id
 * @param refused what cannot be, whatever its content
 */
public record Listing(List<Listing.Item> items, List<DeadLetter> refused) {

  public Listing {
    items = List.copyOf(items);
    refused = List.copyOf(refused);
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
   * @throws DataRefusedException when the label file cannot be used or no entry has a class
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
    return new Listing(sorter.items, sorter.refused);
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
    return new Listing(sorter.items, sorter.refused);
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
  }

  private record Named(SourceEntry entry, List<String> parts) {
    String fileName() {
      return parts.get(parts.size() - 1);
    }
  }

  private record Label(String className, String split) {}

  private static final class Sorter {
    private final ClassNames classNames;
    private final List<Item> items = new ArrayList<>();
    private final List<DeadLetter> refused = new ArrayList<>();

    Sorter(ClassNames classNames) {
      this.classNames = classNames;
    }

    /** Without dross, escaping names and names that occur twice. */
    List<Named> images(List<SourceEntry> entries) {
      Map<String, Named> images = new LinkedHashMap<>();
      for (SourceEntry entry : entries) {
        List<String> parts = EntryNames.parts(entry.path());
        if (EntryNames.isDross(parts)) {
          continue;
        }
        var refusal = EntryNames.refusal(entry.path());
        if (refusal.isPresent()) {
          refuse(entry.path(), "", refusal.get());
        } else if (images.put(entry.path(), new Named(entry, parts)) != null) {
          refuse(entry.path(), "", "the source holds this name twice; the last one counts");
        }
      }
      return List.copyOf(images.values());
    }

    void byFolders(List<Named> images, FolderKind kind) {
      int root = commonFolders(images, kind.depth);
      for (Named image : images) {
        List<String> parts = image.parts().subList(root, image.parts().size());
        if (parts.size() < kind.depth) {
          refuseUnlessSideFile(image);
        } else if (!EntryNames.isPlainlyNoImage(image.fileName())) {
          addFromFolders(image, parts, kind);
        }
      }
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
        List<Label> found = missing.remove(String.join("/", image.parts()));
        if (found == null) {
          continue;
        }
        if (found.size() > 1) {
          refuse(
              image.entry().path(), "", "the label file names it %d times".formatted(found.size()));
        } else {
          add(image, found.get(0).className(), found.get(0).split());
        }
      }
      missing.forEach(
          (file, found) ->
              refuse(
                  file,
                  classNames.of(found.get(0).className()),
                  "named in the label file, not in the source"));
    }

    private void addWithSplit(Named image, List<String> parts) {
      Splits.canonical(parts.get(0))
          .ifPresentOrElse(
              split -> add(image, parts.get(1), split),
              () ->
                  refuse(
                      image.entry().path(),
                      "",
                      "stands in no split folder (must be train, val or test)"));
    }

    private void add(Named image, String identifier, String split) {
      String className = classNames.of(identifier);
      items.add(new Item(image.entry().path(), className, split, image.entry()));
    }

    private void refuseUnlessSideFile(Named image) {
      if (!EntryNames.isSideFile(image.fileName())) {
        refuse(image.entry().path(), "", "stands in no class folder");
      }
    }

    private void refuse(String id, String className, String reason) {
      refused.add(new DeadLetter(id, className, reason));
    }
  }

  /** Number of folders that stand above all images and above the layout, as archives often have. */
  private static int commonFolders(List<Named> images, int depth) {
    List<List<String>> paths =
        images.stream()
            .filter(image -> !EntryNames.isSideFile(image.fileName()))
            .map(Named::parts)
            .toList();
    int root = 0;
    while (!paths.isEmpty() && isCommon(paths, root, depth)) {
      root++;
    }
    return root;
  }

  private static boolean isCommon(List<List<String>> paths, int level, int depth) {
    String first = paths.get(0).size() > level ? paths.get(0).get(level) : "";
    return paths.stream()
        .allMatch(path -> path.size() > level + depth && path.get(level).equals(first));
  }

  private static Map<String, List<Label>> labels(
      String dataset, ImageSource source, String labelFile) {
    try {
      List<List<String>> rows = DelimitedText.parse(labelFile, labelBytes(source, labelFile));
      List<String> header = rows.isEmpty() ? List.of() : strip(rows.get(0));
      int file = header.indexOf("file");
      int label = header.indexOf("label");
      int split = header.indexOf("split");
      if (file < 0 || label < 0) {
        throw new IOException(
            "its first line is %s (must name the columns file and label)".formatted(header));
      }
      Map<String, List<Label>> labels = new HashMap<>();
      for (List<String> row : rows.subList(1, rows.size())) {
        if (row.size() < header.size()) {
          throw new IOException("the line %s has too few columns".formatted(row));
        }
        if (row.get(label).isBlank()) {
          throw new IOException(
              "the line %s has no label (give it one, or leave it out)".formatted(row));
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
