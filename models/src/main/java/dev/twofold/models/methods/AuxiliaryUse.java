package dev.twofold.models.methods;

/** Settings of a method that may read the auxiliary network wherever its columns start. */
public interface AuxiliaryUse {

  /** Whether these settings do. */
  boolean usesAuxiliary();
}
