package dev.twofold.pipelines.sample;

import static dev.twofold.pipelines.sample.SampleTask.Kind.GLYPH;
import static dev.twofold.pipelines.sample.SampleTask.Kind.SOLID;

import dev.twofold.models.ImageShape;
import dev.twofold.pipelines.sample.SampleTask.Look;
import dev.twofold.transforms.artifacts.FileTrouble;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * The project's own data for a quick start: characters that many hands drew with strokes, and
 * solids seen from around and above. One big task to pre-train an auxiliary network on, and three
 * small ones that differ in size, channels and labels and share some of their classes with it and
 * with each other. The name {@code cross} or {@code ring} is a character in one task, a solid in
 * another, and either in the big one.
 *
 * <p>The same seed gives the same bytes on every machine: all is drawn by plain arithmetic, and
 * neither fonts nor a compressor take part.
 */
public final class SampleData {

  /** The big task. */
  public static final SampleTask BIG =
      new SampleTask(
          "big",
          new ImageShape(32, 32, 3),
          classes(
              "2 4 5 7 A B C E F H K L M N P R T U V X Y Z arch bowl capsule cone cross cube"
                  + " cylinder disc dumbbell lens nut octahedron ring sphere wedge"),
          300,
          List.of(GLYPH, SOLID),
          new Look(60, 1.0 / 2, 4, 0.05));

  /** Digits and two letters, grey. */
  public static final SampleTask GLYPHS_GREY =
      new SampleTask(
          "glyphs-grey",
          new ImageShape(36, 36, 1),
          classes("2 3 4 5 6 7 8 9 A S"),
          36,
          List.of(GLYPH),
          new Look(12, 1.0 / 2, 4, 0.05));

  /** Letters and two signs, in colour. */
  public static final SampleTask GLYPHS_COLOUR =
      new SampleTask(
          "glyphs-colour",
          new ImageShape(32, 32, 3),
          classes("A B D G J K Q R S W cross ring"),
          32,
          List.of(GLYPH),
          new Look(12, 1.0 / 4, 6, 0.05));

  /** Solids, in colour. */
  public static final SampleTask SOLIDS =
      new SampleTask(
          "solids",
          new ImageShape(40, 40, 3),
          classes("arch bowl cone cross cylinder link nut pyramid ring staircase"),
          40,
          List.of(SOLID),
          new Look(1, 1, 3, 0.04));

  /** All tasks, the big one first. */
  public static final List<SampleTask> TASKS = List.of(BIG, GLYPHS_GREY, GLYPHS_COLOUR, SOLIDS);

  private SampleData() {}

  /** Writes every task's archive into the directory, which is made where it is missing. */
  public static void write(Path directory, long seed) throws IOException {
    write(directory, seed, line -> {});
  }

  /** As {@link #write(Path, long)}, and tells of each archive that is done. */
  public static void write(Path directory, long seed, Consumer<String> progress)
      throws IOException {
    Files.createDirectories(directory);
    for (SampleTask task : TASKS) {
      Path archive = directory.resolve(task.archive());
      try {
        write(task, archive, seed);
      } catch (IOException e) {
        throw new UncheckedIOException(
            "Cannot write the sample data: " + FileTrouble.reason(archive, e), e);
      }
      progress.accept(
          "%s: %d images of %d classes"
              .formatted(task.archive(), task.images(), task.classes().size()));
    }
  }

  private static void write(SampleTask task, Path file, long seed) throws IOException {
    Studio studio = new Studio(task, seed);
    try (Archive archive = new Archive(file)) {
      for (String className : task.classes()) {
        List<byte[]> images =
            IntStream.range(0, task.imagesPerClass())
                .parallel()
                .mapToObj(number -> studio.png(className, number))
                .toList();
        for (int number = 0; number < images.size(); number++) {
          archive.add("%s/%03d.png".formatted(className, number), images.get(number));
        }
      }
      archive.finish();
    }
  }

  private static List<String> classes(String names) {
    return Arrays.stream(names.split(" ", -1)).toList();
  }
}
