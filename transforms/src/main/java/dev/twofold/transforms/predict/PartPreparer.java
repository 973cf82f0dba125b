package dev.twofold.transforms.predict;

import dev.twofold.transforms.artifacts.FileTrouble;
import dev.twofold.transforms.images.Fit;
import dev.twofold.transforms.images.ImagePreparer;
import dev.twofold.transforms.images.UnreadableImageException;
import dev.twofold.transforms.predict.PreparedPart.Image;
import dev.twofold.transforms.sources.DeadLetter;
import dev.twofold.transforms.sources.ImageSource;
import dev.twofold.transforms.sources.SourceEntry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Prepares parts exactly as ingestion prepares a dataset's images. One a thread; it keeps the
 * inputs open, since listing one costs as much as reading many of its images.
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
    ByteArrayOutputStream pixels = new ByteArrayOutputStream();
    for (SourceEntry entry : part.entries()) {
      String name = part.name(entry.path());
      try {
        pixels.writeBytes(preparer.prepare(source(part).read(entry)).pixels());
        images.add(new Image(name, null));
      } catch (UnreadableImageException e) {
        images.add(new Image(name, e.getMessage()));
      } catch (IOException e) {
        images.add(new Image(name, FileTrouble.text(e).orElse(String.valueOf(e.getMessage()))));
      }
    }
    for (DeadLetter refused : part.refused()) {
      images.add(new Image(part.name(refused.id()), refused.reason()));
    }
    new PreparedPart(images)
        .write(Path.of(request.prepared()), part.number(), pixels.toByteArray());
  }

  private ImageSource source(ImagePart part) {
    return sources.computeIfAbsent(
        part.input(), input -> ImagePart.open(input, Path.of(request.workdir())));
  }

  @Override
  public void close() {
    sources.values().forEach(ImageSource::close);
    preparer.close();
  }
}
