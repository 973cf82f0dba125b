package dev.twofold.transforms;

import dev.twofold.transforms.parquet.Split;
import java.util.List;

/** Splits that tests make. */
public final class TestSplits {

  private TestSplits() {}

  /** By hash, of all rows. */
  public static Split hash(String salt, double test) {
    return new Split(Split.Mode.HASH, test, salt, List.of(), null, null);
  }

  /** The source's own. */
  public static Split source() {
    return new Split(Split.Mode.SOURCE, 0, "", List.of(), null, null);
  }
}
