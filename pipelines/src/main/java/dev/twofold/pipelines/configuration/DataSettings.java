package dev.twofold.pipelines.configuration;

/**
 * How datasets are made and held.
 *
 * @param inMemory size up to which a dataset is held in memory; a larger one is streamed
 * @param maxDeadLetters fraction of a dataset that may be lost to damaged files before a run stops
 */
public record DataSettings(ByteSize inMemory, Double maxDeadLetters) {

  public DataSettings {
    inMemory = inMemory == null ? new ByteSize(2L << 30) : inMemory;
    maxDeadLetters = maxDeadLetters == null ? 0.01 : maxDeadLetters;
    if (!(maxDeadLetters >= 0 && maxDeadLetters <= 1)) {
      throw new IllegalArgumentException(
          "Invalid data.maxDeadLetters: %s (must be in [0, 1])".formatted(maxDeadLetters));
    }
  }
}
