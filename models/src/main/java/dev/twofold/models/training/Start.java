package dev.twofold.models.training;

import dev.twofold.models.EnumNames;

/**
 * What the columns' weights are before the first step: part of every table, since it separates
 * results more than the method does.
 *
 * @param from where convolutions and hidden fully connected layers come from
 * @param scratchSeed for {@code scratch}: whether every task draws its own weights or all draw the
 *     same
 * @param headStart whether the heads are random, or take the auxiliary head's columns for the
 *     classes that the label map covers
 * @param file for {@code file}: an NPZ with the names of a backbone's parameters
 */
public record Start(From from, ScratchSeed scratchSeed, HeadStart headStart, String file) {

  /** Source of the weights. */
  public enum From {
    AUXILIARY,
    SCRATCH,
    FILE
  }

  /** Whose random numbers a scratch start draws. */
  public enum ScratchSeed {
    PER_TASK,
    SHARED
  }

  /** Source of the heads. */
  public enum HeadStart {
    RANDOM,
    LABEL_MAP
  }

  public Start {
    if ((from == From.FILE) != (file != null)) {
      throw new IllegalArgumentException(
          "Invalid start: %s with file %s (must be start: file with a file, or neither)"
              .formatted(EnumNames.of(from), file));
    }
  }
}
