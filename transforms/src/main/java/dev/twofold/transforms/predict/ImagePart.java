package dev.twofold.transforms.predict;

import dev.twofold.transforms.sources.DeadLetter;
import dev.twofold.transforms.sources.ImageSource;
import dev.twofold.transforms.sources.Listing;
import dev.twofold.transforms.sources.SourceEntry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Some images of one input, which one worker prepares.
 *
 * @param number of the part in the order of the output
 * @param input the path that was asked for
 * @param refused what cannot be an image, by its name
 */
public record ImagePart(
    int number, String input, List<SourceEntry> entries, List<DeadLetter> refused) {
  private static final int SIZE = 256;

  public ImagePart {
    entries = List.copyOf(entries);
    refused = List.copyOf(refused);
  }

  /**
   * All parts of a request, from names alone.
   *
   * @throws dev.twofold.transforms.sources.DataRefusedException when an input cannot be read
   */
  public static List<ImagePart> list(PredictionRequest request) {
    List<ImagePart> parts = new ArrayList<>();
    for (String input : request.inputs()) {
      try (ImageSource source = open(input, Path.of(request.workdir()))) {
        Listing listing = Listing.withoutClasses(source);
        List<SourceEntry> entries = listing.items().stream().map(Listing.Item::entry).toList();
        for (int from = 0; from < entries.size(); from += SIZE) {
          int to = Math.min(entries.size(), from + SIZE);
          parts.add(new ImagePart(parts.size(), input, entries.subList(from, to), List.of()));
        }
        if (!listing.refused().isEmpty()) {
          parts.add(new ImagePart(parts.size(), input, List.of(), listing.refused()));
        }
      }
    }
    return parts;
  }

  static ImageSource open(String input, Path workdir) {
    Path path = Path.of(input);
    return ImageSource.holdsSeveral(path)
        ? ImageSource.open("images", path, workdir)
        : new SingleImage(path);
  }

  /** Names an image for the person who gave the input. */
  String name(String entry) {
    Path path = Path.of(input);
    if (!ImageSource.holdsSeveral(path)) {
      return input;
    }
    return path.toFile().isDirectory() ? path.resolve(entry).toString() : input + "!" + entry;
  }
}
