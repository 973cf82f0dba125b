package dev.twofold.transforms.sources;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * An entry that is no row of the dataset, and why.
 *
 * @param id the entry's path
 * @param className as far as known, else empty
 */
public record DeadLetter(String id, @JsonProperty("class") String className, String reason) {
  static final String SUPERSEDED = "the source holds this name twice; the last one counts";

  /** Whether an image is lost with the entry: of one that a later one replaces, it is not. */
  @JsonIgnore
  public boolean isLost() {
    return !reason.equals(SUPERSEDED);
  }
}
