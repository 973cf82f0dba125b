package dev.twofold.models;

import dev.twofold.models.layers.Variable;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * One gradient step.
 *
 * @param name in error messages
 * @param loss scalar that it lowers
 * @param variables that it changes
 * @param updates how, where a variable departs from the plain step
 */
public record Step(
    String name, Operand<TFloat32> loss, List<Variable> variables, Map<Variable, Update> updates) {

  public Step {
    variables = List.copyOf(variables);
    updates = Map.copyOf(updates);
  }

  /**
   * How one variable's step departs from the plain one.
   *
   * @param rate factor on the learning rate
   * @param momentum whether the optimiser's moments apply: SGD's momentum, AdamW's two
   * @param gradient transform of the gradient
   * @param proximal what follows the step: the new value from the stepped value and the variable's
   *     learning rate
   */
  public record Update(
      double rate, boolean momentum, UnaryOperator<Operand<TFloat32>> gradient, Proximal proximal) {

    /** The plain step at another learning rate. */
    public static Update atRate(double factor) {
      return new Update(factor, true, UnaryOperator.identity(), (stepped, rate) -> stepped);
    }
  }

  /** A proximal operator. */
  @FunctionalInterface
  public interface Proximal {
    Operand<TFloat32> apply(Operand<TFloat32> stepped, Operand<TFloat32> learningRate);
  }
}
