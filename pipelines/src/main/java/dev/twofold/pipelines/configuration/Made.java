package dev.twofold.pipelines.configuration;

import java.util.List;

/**
 * A record, with what is wrong with the values that it was to be made of.
 *
 * @param record without the values that it refuses; null where it cannot do without them
 * @param refusals one for each of them
 */
record Made<R extends Record>(R record, List<Problem> refusals) {

  /**
   * The record of all values.
   *
   * @throws MisplacedException when it refuses any
   */
  R orThrow() {
    if (!refusals.isEmpty()) {
      throw new MisplacedException(refusals);
    }
    return record;
  }

  /** The record without the values that it refuses, of which the problems hear, else the other. */
  R orElse(R other, Problems problems) {
    problems.refuse(refusals);
    return record == null ? other : record;
  }
}
