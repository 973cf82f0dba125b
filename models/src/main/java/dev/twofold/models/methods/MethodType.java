package dev.twofold.models.methods;

import dev.twofold.models.ClosedForm;
import dev.twofold.models.GraphMethod;
import dev.twofold.models.Method;
import dev.twofold.models.training.Start;
import dev.twofold.models.training.TrainingSettings;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

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

  private static final Start AUXILIARY =
      new Start(Start.From.AUXILIARY, Start.ScratchSeed.PER_TASK, Start.HeadStart.RANDOM, null);

  /**
   * A method that trains a graph and has no settings of its own.
   *
   * @param joint whether it trains all tasks of a group in one unit
   */
  static MethodType<NoSettings> plain(String name, Supplier<GraphMethod> create, boolean joint) {
    return of(
        name,
        NoSettings.class,
        preset -> new NoSettings(),
        settings -> create.get(),
        settings -> joint);
  }

  /** A method that trains a graph, as the baselines do and from the auxiliary network. */
  static <S extends Record> MethodType<S> of(
      String name,
      Class<S> settingsType,
      Function<Preset, S> settings,
      Function<S, GraphMethod> create,
      Predicate<S> joint) {
    return new MethodType<>(
        name,
        settingsType,
        settings,
        MethodType::baseline,
        preset -> AUXILIARY,
        create::apply,
        joint,
        "");
  }

  /** A method without steps and weights to begin with. */
  static <S extends Record> MethodType<S> closedForm(
      String name,
      Class<S> settingsType,
      Function<Preset, S> settings,
      Function<S, ClosedForm> create,
      Predicate<S> joint) {
    return new MethodType<>(
        name, settingsType, settings, preset -> null, preset -> null, create::apply, joint, "");
  }

  /** The same method, trained otherwise than the baselines. */
  MethodType<S> trainedBy(Function<Preset, TrainingSettings> other) {
    return new MethodType<>(name, settingsType, settings, other, start, create, joint, remark);
  }

  /** The same method, of which tables say this. */
  MethodType<S> remarked(String said) {
    return new MethodType<>(name, settingsType, settings, training, start, create, joint, said);
  }

  private static TrainingSettings baseline(Preset preset) {
    return preset == Preset.PUBLISHED ? TrainingSettings.publishedMtal() : TrainingSettings.tuned();
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
