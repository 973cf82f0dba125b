package dev.twofold.models.layers;

/** What a variable is to its network, and so to the optimiser. */
public enum Role {
  /** Convolution kernels W^l, [kh, kw, Cin, Cout]. */
  KERNEL,
  /** Fully connected f^h, [in, out]. */
  MATRIX,
  /** Added after a kernel or matrix, [out]. */
  BIAS,
  /** Batch normalisation's γ and β, [out]. */
  NORM,
  /** DAMTL's Ψ, as its kernel. */
  MASK,
  /** A column's cross-stitch α, [T, C]. */
  ALPHA,
  /** Not trained, but part of the network: input and moving statistics, frozen weights. */
  FROZEN,
  /** Of the training alone: momenta, MTAL's M. */
  STATE;

  /** Whether weight decay and norm regularisation act on it. */
  public boolean decays() {
    return this == KERNEL || this == MATRIX;
  }

  public boolean trainable() {
    return this != FROZEN && this != STATE;
  }
}
