package dev.twofold.pipelines.sample;

import static dev.twofold.pipelines.sample.SampleTask.Kind.SOLID;

import dev.twofold.models.Randomness;
import java.util.List;
import java.util.stream.Stream;

/** Makes the images of one task; each is a function of seed, task, class and number. */
final class Studio {

  private final SampleTask task;
  private final long seed;
  private final List<Hand> hands;

  Studio(SampleTask task, long seed) {
    this.task = task;
    this.seed = seed;
    this.hands = hands();
  }

  /** The PNG file of one image. */
  byte[] png(String className, int number) {
    Dice dice = dice(className, number);
    SampleTask.Kind kind = dice.pick(kinds(className));
    boolean chalk = kind == SOLID || dice.chance(task.look().chalk());
    Canvas canvas = new Canvas(task.shape().height());
    Colour ground = chalk ? Colour.dark(dice) : Colour.light(dice);
    Backdrop.paint(canvas, ground, dice);
    Backdrop.scribble(canvas, dice.below(task.look().scribbles() + 1), dice);
    Colour colour = chalk ? Colour.light(dice) : Colour.dark(dice);
    switch (kind) {
      case GLYPH -> dice.pick(hands).write(Glyph.named(className), canvas, colour, dice);
      case SOLID ->
          Camera.random(dice).take(Solid.ALL.get(className), Texture.random(colour, dice), canvas);
    }
    canvas.speckle(task.look().noise(), dice);
    int channels = task.shape().channels();
    return Png.encode(canvas.bytes(channels), canvas.side(), channels);
  }

  private List<SampleTask.Kind> kinds(String className) {
    return task.kinds().stream().filter(kind -> shows(kind, className)).toList();
  }

  private static boolean shows(SampleTask.Kind kind, String className) {
    return switch (kind) {
      case GLYPH -> Glyph.exists(className);
      case SOLID -> Solid.ALL.containsKey(className);
    };
  }

  private List<Hand> hands() {
    Dice dice = dice("hands", 0);
    return Stream.generate(() -> Hand.random(dice)).limit(task.look().hands()).toList();
  }

  private Dice dice(String purpose, int number) {
    return new Dice(Randomness.stream(seed, "sample/" + task.name() + "/" + purpose, number));
  }
}
