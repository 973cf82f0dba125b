package dev.twofold.models.layers;

import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/** A resource variable of a training graph. Made by {@link Net}. */
public final class Variable {
  private final String name;
  private final Role role;
  private final long[] shape;
  private final float[] initial;
  private final Operand<? extends TType> handle;
  private final Operand<TFloat32> value;
  private final Placeholder<TFloat32> fed;
  private final Op assignFed;

  Variable(
      String name,
      Role role,
      long[] shape,
      float[] initial,
      Operand<? extends TType> handle,
      Operand<TFloat32> value,
      Placeholder<TFloat32> fed,
      Op assignFed) {
    this.name = name;
    this.role = role;
    this.shape = shape;
    this.initial = initial;
    this.handle = handle;
    this.value = value;
    this.fed = fed;
    this.assignFed = assignFed;
  }

  public String name() {
    return name;
  }

  public Role role() {
    return role;
  }

  public long[] shape() {
    return shape.clone();
  }

  public int size() {
    return initial.length;
  }

  /** What it holds before the first step; the live array. */
  public float[] initial() {
    return initial;
  }

  public Operand<? extends TType> handle() {
    return handle;
  }

  /**
   * The one read that all of the graph shares, so that gradients with respect to it are gradients
   * of the variable.
   */
  public Operand<TFloat32> value() {
    return value;
  }

  Placeholder<TFloat32> fed() {
    return fed;
  }

  Op assignFed() {
    return assignFed;
  }

  @Override
  public String toString() {
    return name;
  }
}
