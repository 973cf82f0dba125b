package dev.twofold.transforms.images;

import org.opencv.core.Core;
import org.opencv.core.CvException;

/** This machine lacks the memory for an image, of which that says nothing. */
public final class ImageMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Without a cause, since of a failed job a person is shown the innermost. */
  private ImageMemoryException(CvException e) {
    super("out of memory: " + String.valueOf(e.getMessage()).strip());
    addSuppressed(e);
  }

  /** Ends what is done with an image where that is why OpenCV failed; it has but words for it. */
  static void throwIfMeantBy(CvException e) {
    if (String.valueOf(e.getMessage()).contains("error: (" + Core.StsNoMem + ":")) {
      throw new ImageMemoryException(e);
    }
  }
}
