package dev.twofold.transforms.predict;

import dev.twofold.transforms.artifacts.FileTrouble;
import dev.twofold.transforms.images.Fit;
import dev.twofold.transforms.images.ImageMemoryException;
import dev.twofold.transforms.images.ImagePreparer;
import dev.twofold.transforms.images.UnreadableImageException;
import dev.twofold.transforms.predict.PreparedPart.Image;
import dev.twofold.transforms.sources.DataRefusedException;
import dev.twofold.transforms.sources.ImageSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Prepares parts exactly as ingestion prepares a dataset's images. One a thread; it keeps the
 * inputs open, since opening a zip costs as much as reading many of its images.
 */
public final class PartPreparer implements AutoCloseable {
  private final PredictionRequest request;
  private final ImagePreparer preparer;
  private final Map<String, ImageSource> sources = new HashMap<>();

  public PartPreparer(PredictionRequest request) {
    this.request = request;
    this.preparer = new ImagePreparer(request.shape(), Fit.parse(request.fit()));
  }

  /** Writes a part; again gives the same. An image that cannot be read is noted with its reason. */
  public void prepare(ImagePart part) throws IOException {
    List<Image> images = new ArrayList<>();
    byte[] pixels = new byte[part.items().size() * request.shape().size()];
    int end = 0;
    for (ImagePart.Item item : part.items()) {
      String name = item.name();
      try {
        byte[] prepared = preparer.prepare(read(item)).pixels();
        System.arraycopy(prepared, 0, pixels, end, prepared.length);
        end += prepared.length;
        images.add(new Image(name, null));
      } catch (UnreadableImageException e) {
        images.add(new Image(name, e.getMessage()));
      } catch (IOException e) {
        images.add(new Image(name, FileTrouble.text(e).orElse(String.valueOf(e.getMessage()))));
      } catch (ImageMemoryException e) {
        throw tooLarge(name, e.getMessage(), e);
      } catch (OutOfMemoryError e) {
        throw tooLarge(name, "out of memory: " + e.getMessage(), e);
      }
    }
    // A copy only where some cannot be read.
    byte[] filled = end == pixels.length ? pixels : Arrays.copyOf(pixels, end);
    new PreparedPart(images).write(Path.of(request.prepared()), part.number(), filled);
  }

  private static DataRefusedException tooLarge(String name, String reason, Throwable e) {
    return new DataRefusedException(
        "Cannot read %s: %s (lower --parallelism, or give it more memory)".formatted(name, reason),
        e);
  }

  private byte[] read(ImagePart.Item item) throws IOException {
    if (item.refusal() != null) {
      throw new IOException(item.refusal());
    }
    ImageSource source =
        sources.computeIfAbsent(
            item.input(), input -> ImagePart.open(input, Path.of(request.workdir())));
    return source.read(item.entry());
  }

  @Override
  public void close() {
    sources.values().forEach(ImageSource::close);
    preparer.close();
  }
}
