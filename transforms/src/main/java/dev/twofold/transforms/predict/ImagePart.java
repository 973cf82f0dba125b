package dev.twofold.transforms.predict;

import dev.twofold.models.ImageShape;
import dev.twofold.transforms.sources.DeadLetter;
import dev.twofold.transforms.sources.ImageSource;
import dev.twofold.transforms.sources.Listing;
import dev.twofold.transforms.sources.SourceEntry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Some images that follow each other in the output, of one input or of several. One worker prepares
 * them, and the network takes them as one batch.
 *
 * @param number of the part in the order of the output
 */
public record ImagePart(int number, List<ImagePart.Item> items) {
  private static final int MOST_IMAGES = 256;

  /** Of pixels: every worker holds those of one part, and so does the network. */
  private static final int MOST_BYTES = 64 << 20;

  public ImagePart {
    items = List.copyOf(items);
  }

  /**
   * One image.
   *
   * @param input the path that was asked for
   * @param entry of the input
   * @param refusal why it cannot be an image, by its name; null where it may be one
   */
  public record Item(String input, SourceEntry entry, String refusal) {

    private static Item refused(String input, DeadLetter letter) {
      return new Item(input, new SourceEntry(letter.id(), 0, 0), letter.reason());
    }

    /** Names the image for the person who gave the input. */
    String name() {
      Path path = Path.of(input);
      if (!ImageSource.holdsSeveral(path)) {
        return input;
      }
      return path.toFile().isDirectory()
          ? path.resolve(entry.path()).toString()
          : input + "!" + entry.path();
    }
  }

  /**
   * All parts of a request, from names alone.
   *
   * @throws dev.twofold.transforms.sources.DataRefusedException when an input cannot be read
   */
  public static List<ImagePart> list(PredictionRequest request) {
    List<Item> items = new ArrayList<>();
    for (String input : request.inputs()) {
      try (ImageSource source = open(input, Path.of(request.workdir()))) {
        Listing listing = Listing.withoutClasses(source);
        listing.items().forEach(item -> items.add(new Item(input, item.entry(), null)));
        listing.refused().stream()
            .filter(DeadLetter::isLost)
            .forEach(letter -> items.add(Item.refused(input, letter)));
      }
    }
    List<ImagePart> parts = new ArrayList<>();
    int size = size(request.shape());
    for (int from = 0; from < items.size(); from += size) {
      int to = Math.min(items.size(), from + size);
      parts.add(new ImagePart(parts.size(), items.subList(from, to)));
    }
    return parts;
  }

  /** Images of a part: at least one, however large it is. */
  private static int size(ImageShape shape) {
    return Math.max(1, Math.min(MOST_IMAGES, MOST_BYTES / shape.size()));
  }

  static ImageSource open(String input, Path workdir) {
    Path path = Path.of(input);
    return ImageSource.holdsSeveral(path)
        ? ImageSource.open("images", path, workdir)
        : new SingleImage(path);
  }
}
