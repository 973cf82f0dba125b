package dev.twofold.models.methods;

import dev.twofold.models.ClosedForm;
import dev.twofold.models.Method;
import dev.twofold.models.training.Start;
import dev.twofold.models.training.TrainingSettings;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What the registry knows of a method: one line a method.
 *
 * @param name as configurations write it
 * @param settingsType record of the method's own settings
 * @param settings the preset's settings
 * @param training the preset's training; null of a closed form, which takes no steps
 * @param start the preset's start; null of a closed form, which has no weights to begin with
 * @param create the method with these settings
 * @param joint whether these settings train all tasks of a group in one unit, or each in its own
 * @param remark what every table says beside the method's name where it trains the tasks of a group
 *     together; empty for nothing
 */
public record MethodType<S extends Record>(
    String name,
    Class<S> settingsType,
    Function<Preset, S> settings,
    Function<Preset, TrainingSettings> training,
    Function<Preset, Start> start,
    Function<S, Method> create,
    Predicate<S> joint,
    String remark) {

  /** A method that trains a graph, of which tables say nothing but its name. */
  public MethodType(
      String name,
      Class<S> settingsType,
      Function<Preset, S> settings,
      Function<Preset, TrainingSettings> training,
      Function<Preset, Start> start,
      Function<S, Method> create,
      Predicate<S> joint) {
    this(name, settingsType, settings, training, start, create, joint, "");
  }

  static <S extends Record> MethodType<S> closedForm(
      String name,
      Class<S> settingsType,
      Function<Preset, S> settings,
      Function<S, ClosedForm> create,
      Predicate<S> joint,
      String remark) {
    return new MethodType<>(
        name, settingsType, settings, preset -> null, preset -> null, create::apply, joint, remark);
  }

  /** Whether the method is of the kind that takes no steps. */
  public boolean isClosedForm() {
    return training.apply(Preset.TUNED) == null;
  }

  /**
   * The method with these settings.
   *
   * @throws ClassCastException when they are another method's
   */
  public Method method(Record settings) {
    return create.apply(settingsType.cast(settings));
  }
}
