package dev.twofold.pipelines.configuration;

/** How an image comes to its working size. */
public enum Fit {
  STRETCH,
  CROP,
  PAD,
  /** Cropped to the ink first: characters on a large canvas. */
  INK
}
