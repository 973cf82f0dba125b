package dev.twofold.models.methods;

/**
 * Settings of NDDR-CNN.
 *
 * @param own weight of a column's own channel before the first step, in (0, 1]; the same channel of
 *     the other columns shares the rest equally
 * @param layerRate factor on the learning rate of the NDDR layers
 */
public record NddrCnnSettings(double own, double layerRate) {

  public NddrCnnSettings {
    check(own > 0 && own <= 1, "own", own, "in (0, 1]");
    check(layerRate >= 0, "layerRate", layerRate, "at least 0");
  }

  private static void check(boolean holds, String name, Object value, String must) {
    if (!holds) {
      throw new IllegalArgumentException(
          "Invalid %s of nddr-cnn: %s (must be %s)".formatted(name, value, must));
    }
  }

  static NddrCnnSettings preset(Preset preset) {
    return switch (preset) {
      case PUBLISHED -> new NddrCnnSettings(0.9, 100);
      // By conf/tune/mixing.yaml.
      case TUNED -> new NddrCnnSettings(0.9, 10);
    };
  }
}
