package dev.twofold.models.methods;

import static dev.twofold.models.Setting.check;

/**
 * Settings of NDDR-CNN.
 *
 * @param own weight of a column's own channel before the first step, in (0, 1]; the same channel of
 *     the other columns shares the rest equally
 * @param layerRate factor on the learning rate of the NDDR layers
 */
public record NddrCnnSettings(double own, double layerRate) {

  public NddrCnnSettings {
    check(own > 0 && own <= 1, "own of nddr-cnn", own, "in (0, 1]");
    check(layerRate >= 0, "layerRate of nddr-cnn", layerRate, "at least 0");
  }

  static NddrCnnSettings preset(Preset preset) {
    return switch (preset) {
      case PUBLISHED -> new NddrCnnSettings(0.9, 100);
      // By conf/tune/mixing.yaml.
      case TUNED -> new NddrCnnSettings(0.9, 10);
    };
  }
}
