package dev.twofold.models.methods;

import static dev.twofold.models.Setting.check;

/**
 * Settings of cross-stitch.
 *
 * @param own α_aa before the first step, in (0, 1]; the other columns share the rest equally
 * @param alphaRate factor on the learning rate of α
 */
public record CrossStitchSettings(double own, double alphaRate) {

  public CrossStitchSettings {
    check(own > 0 && own <= 1, "own of cross-stitch", own, "in (0, 1]");
    check(alphaRate >= 0, "alphaRate of cross-stitch", alphaRate, "at least 0");
  }

  static CrossStitchSettings preset(Preset preset) {
    return switch (preset) {
      case PUBLISHED -> new CrossStitchSettings(0.9, 100);
      // By conf/tune/mixing.yaml: ×10 comes out alike, and ×100 five points below.
      case TUNED -> new CrossStitchSettings(0.9, 1);
    };
  }
}
