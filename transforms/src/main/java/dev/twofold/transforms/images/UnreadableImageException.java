package dev.twofold.transforms.images;

import org.opencv.core.CvException;

/** Content that is no image of the dataset; the message is the dead letter's reason. */
public final class UnreadableImageException extends Exception {
  private static final long serialVersionUID = 1L;

  UnreadableImageException(String reason) {
    super(reason);
  }

  UnreadableImageException(String reason, Throwable cause) {
    super(reason, cause);
  }

  /**
   * What OpenCV says of an image.
   *
   * @throws ImageMemoryException when it speaks of this machine's memory instead
   */
  static UnreadableImageException of(String failure, CvException cause) {
    ImageMemoryException.throwIfMeantBy(cause);
    return new UnreadableImageException(failure + ": " + cause.getMessage(), cause);
  }
}
