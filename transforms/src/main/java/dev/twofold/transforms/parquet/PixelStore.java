package dev.twofold.transforms.parquet;

import java.util.SplittableRandom;

/** The pixels of the rows of one side, by position in the order of the ids. */
interface PixelStore {

  /** Copies one image. */
  void copy(int row, byte[] target, int offset);

  /** An order of all rows that this store can serve well; a pure function of the stream. */
  int[] order(SplittableRandom random);

  /** Whether it reads images when they are asked for. */
  boolean streamed();
}
