package dev.twofold.transforms.predict;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.twofold.transforms.artifacts.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What preparing a part came to; its pixels stand beside it, uint8 [n, height, width, channels].
 *
 * @param images in their order
 */
public record PreparedPart(List<PreparedPart.Image> images) {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Pattern NAME = Pattern.compile("part-[0-9]+\\.json");

  public PreparedPart {
    images = List.copyOf(images);
  }

  /**
   * One image.
   *
   * @param reason why it could not be read; null where its pixels are among those of the part
   */
  public record Image(String name, String reason) {}

  /** Writes pixels and then the list, so that a part that is named is whole. */
  void write(Path folder, int number, byte[] pixels) throws IOException {
    DurableFiles.replace(pixels(folder, number), pixels);
    DurableFiles.replace(list(folder, number), MAPPER.writeValueAsBytes(this));
  }

  /** Numbers of the parts of a folder: 0 to this, exclusive. */
  public static int count(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return (int)
          files.filter(file -> NAME.matcher(file.getFileName().toString()).matches()).count();
    }
  }

  public static PreparedPart read(Path folder, int number) throws IOException {
    return MAPPER.readValue(list(folder, number).toFile(), PreparedPart.class);
  }

  private static Path list(Path folder, int number) {
    return folder.resolve(String.format(Locale.ROOT, "part-%06d.json", number));
  }

  /** File of a part's pixels. */
  public static Path pixels(Path folder, int number) {
    return folder.resolve(String.format(Locale.ROOT, "part-%06d.pixels", number));
  }
}
