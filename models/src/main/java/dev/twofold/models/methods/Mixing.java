package dev.twofold.models.methods;

import dev.twofold.models.Step.Update;
import dev.twofold.models.layers.Mode;
import dev.twofold.models.layers.Parameters;
import dev.twofold.models.layers.Role;
import dev.twofold.models.layers.Weights.Weight;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** What joins T columns behind a stage: a layer of each column that reads the features of all. */
interface Mixing {

  /** A parameter of the layer before the first step. */
  record Start(String parameter, Role role, Weight weight) {}

  /** What the layer is called in names of parameters and metrics. */
  String name();

  /**
   * The layer's parameters.
   *
   * @param column a, of the columns 0..T-1
   * @param columns T
   * @param channels C of the stage
   */
  List<Start> starts(int column, int columns, int channels);

  /** How a step of the layer's parameters departs from the plain one. */
  Update update();

  /**
   * Runs the layer.
   *
   * @param parameters of the column
   * @param layer name of the layer, which begins those of its own parameters
   * @param features x_b of every column, [B, h, w, C]
   * @return x̃ of the column, [B, h, w, C]
   */
  Operand<TFloat32> mix(
      Ops tf, Parameters parameters, String layer, List<Operand<TFloat32>> features, Mode mode);

  /** The parameter that {@link #share} reads. */
  String weights();

  /**
   * How much the column takes of each column b, from the values of {@link #weights}: what {@link
   * #starts} begins with, as 0.9 of its own.
   */
  double share(float[] weights, int b, int columns);
}
