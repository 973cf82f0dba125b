package dev.twofold.transforms.artifacts;

/**
 * Names a stage's output by what made it.
 *
 * @param stage {@code ingest}, {@code pretrain}, {@code train} or {@code evaluate}
 * @param hex the first 32 hex digits of the SHA-256 of the inputs' canonical JSON
 */
public record StageKey(String stage, String hex) {

  public StageKey {
    if (!stage.matches("[a-z][a-z0-9-]*")) {
      throw new IllegalArgumentException(
          "Invalid stage: %s (must be lower-case letters, digits and hyphens)".formatted(stage));
    }
    if (!hex.matches("[0-9a-f]{32}")) {
      throw new IllegalArgumentException(
          "Invalid stage key: %s (must be 32 hex digits)".formatted(hex));
    }
  }

  /**
   * The key that inputs give.
   *
   * @param inputs everything that shapes the output: a Map, a record or a JsonNode
   */
  public static StageKey of(String stage, Object inputs) {
    return new StageKey(stage, Sha256.of(CanonicalJson.write(inputs)).substring(0, 32));
  }
}
