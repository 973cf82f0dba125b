package dev.twofold.transforms.parquet;

/** The two sides of a split. */
public enum Side {
  TRAIN,
  TEST
}
