package dev.twofold.pipelines.console;

import dev.twofold.transforms.predict.PreparedPart.Image;
import java.util.List;
import java.util.stream.Collectors;

/** Images that have a reason in place of a class. */
public final class UnreadableImages {
  private static final int SHOWN = 3;
  private static final int LONGEST_REASON = 100;

  private UnreadableImages() {}

  /** The first few, each with its reason, on one line. */
  public static String of(List<Image> images) {
    String few =
        images.stream()
            .limit(SHOWN)
            .map(image -> Text.printable(image.name() + ": " + reason(image)))
            .collect(Collectors.joining("; "));
    return images.size() > SHOWN ? few + "; …" : few;
  }

  private static String reason(Image image) {
    return Text.cut(image.reason(), LONGEST_REASON);
  }
}
