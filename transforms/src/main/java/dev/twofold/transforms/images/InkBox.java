package dev.twofold.transforms.images;

import org.opencv.core.Core;
import org.opencv.core.Mat;
import org.opencv.core.Rect;
import org.opencv.imgproc.Imgproc;

/** Finds the dark strokes on a light canvas. */
final class InkBox implements AutoCloseable {
  /** Share of the strokes' larger side that is left free around them. */
  private static final double MARGIN = 0.1;

  /** A canvas with less contrast than this, of 255, holds no strokes. */
  private static final double MIN_CONTRAST = 32;

  private final Mat grey = new Mat();
  private final Mat ink = new Mat();

  /**
   * A box of the given aspect ratio around the strokes; it may reach beyond the image. The whole
   * image where there are none.
   *
   * @param aspect width / height
   */
  Rect find(Mat image, double aspect) {
    Rect strokes = strokes(image);
    double width = strokes.width * (1 + 2 * MARGIN);
    double height = strokes.height * (1 + 2 * MARGIN);
    if (strokes.width == image.width() && strokes.height == image.height()) {
      width = strokes.width;
      height = strokes.height;
    }
    int boxHeight = (int) Math.ceil(Math.max(height, width / aspect));
    int boxWidth = (int) Math.ceil(Math.max(width, height * aspect));
    return new Rect(
        strokes.x + (strokes.width - boxWidth) / 2,
        strokes.y + (strokes.height - boxHeight) / 2,
        boxWidth,
        boxHeight);
  }

  @Override
  public void close() {
    grey.release();
    ink.release();
  }

  private Rect strokes(Mat image) {
    if (image.channels() == 1) {
      image.copyTo(grey);
    } else {
      Imgproc.cvtColor(image, grey, Imgproc.COLOR_BGR2GRAY);
    }
    Rect whole = new Rect(0, 0, image.width(), image.height());
    Core.MinMaxLocResult range = Core.minMaxLoc(grey);
    if (range.maxVal - range.minVal < MIN_CONTRAST) {
      return whole;
    }
    // Otsu's threshold; what is darker becomes white, which boundingRect looks for.
    Imgproc.threshold(grey, ink, 0, 255, Imgproc.THRESH_BINARY_INV | Imgproc.THRESH_OTSU);
    Rect box = Imgproc.boundingRect(ink);
    return box.width == 0 ? whole : box;
  }
}
