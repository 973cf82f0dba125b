package dev.twofold.models.layers;

/** How a ResNet begins. */
public enum Stem {
  /**
   * A convolution 3×3, no pooling: He et al. (CVPR 2016), §4.2, for the 32×32 images of CIFAR-10.
   */
  SMALL,
  /** A convolution 7×7 with stride 2, max pooling 3×3 with stride 2: their Table 1, for 224×224. */
  LARGE
}
