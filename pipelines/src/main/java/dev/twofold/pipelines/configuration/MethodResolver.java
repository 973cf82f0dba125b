package dev.twofold.pipelines.configuration;

import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.methods.MethodType;
import dev.twofold.models.methods.Preset;
import dev.twofold.models.training.Start;
import dev.twofold.models.training.TrainingSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** Lays what a configuration gives of a method over the method's preset. */
final class MethodResolver {
  private final Configuration configuration;
  private final Binder binder;

  MethodResolver(Configuration configuration, Binder binder) {
    this.configuration = configuration;
    this.binder = binder;
  }

  /**
   * The method as it is where no group says otherwise, without the settings that are refused; empty
   * when it is not known which it is, or what it starts from.
   */
  Optional<MethodSettings> resolve(String label) {
    return resolve(label, List.of(configuration.methods().get(label)));
  }

  /** As above, as the group trains it. */
  Optional<MethodSettings> resolve(String group, String label) {
    List<MethodEntry> entries = new ArrayList<>();
    entries.add(configuration.methods().get(label));
    MethodEntry own = configuration.groups().get(group).methods().get(label);
    if (own != null) {
      entries.add(own);
    }
    return resolve(label, entries);
  }

  private Optional<MethodSettings> resolve(String label, List<MethodEntry> entries) {
    String name = last(entries, MethodEntry.Keys::method).orElse(label);
    return MethodKeys.type(name).flatMap(type -> resolve(label, type, entries));
  }

  private <S extends Record> Optional<MethodSettings> resolve(
      String label, MethodType<S> type, List<MethodEntry> entries) {
    Preset preset = last(entries, MethodEntry.Keys::preset).orElse(Preset.TUNED);
    S settings = type.settings().apply(preset);
    Overlay<BackboneSettings> backbone = configuration.backbone();
    for (MethodEntry entry : entries) {
      settings =
          new MethodKeys(binder)
              .overlay(entry.settings(), type, label)
              .over(settings, binder.problems());
      backbone = backbone.with(entry.keys().backbone());
    }
    BackboneSettings network = network(backbone);
    TrainingSettings training = null;
    Start start = null;
    if (type.isClosedForm()) {
      entries.forEach(entry -> refuseTraining(entry, label));
    } else {
      training = training(type.training().apply(preset), entries);
      start = start(type.start().apply(preset), entries);
    }
    return start == null && !type.isClosedForm()
        ? Optional.empty()
        : Optional.of(
            new MethodSettings(
                label,
                type,
                preset,
                start,
                settings,
                training,
                network,
                type.joint().test(settings)));
  }

  /**
   * A closed form takes no steps. The configuration's {@code training} is for all methods, so it
   * passes such a one by; of the method's own keys, which were meant, none may seem to matter.
   */
  private void refuseTraining(MethodEntry entry, String label) {
    for (String key : entry.keys().trained()) {
      binder
          .problems()
          .add(
              "Invalid key `%s` of method %s: it is computed in closed form".formatted(key, label),
              entry.settings().place(),
              "must be left out");
    }
  }

  private TrainingSettings training(TrainingSettings preset, List<MethodEntry> entries) {
    TrainingSettings training = configuration.training().over(preset, binder.problems());
    for (MethodEntry entry : entries) {
      training = entry.keys().training().over(training, binder.problems());
    }
    return training;
  }

  /** Null when something is wrong with it. */
  private BackboneSettings network(Overlay<BackboneSettings> given) {
    try {
      return configuration.effectiveBackbone(given);
    } catch (MisplacedException e) {
      binder.problems().refuse(e.problems());
      return null;
    }
  }

  /** Null when something is wrong with it. */
  private Start start(Start preset, List<MethodEntry> entries) {
    Start.From from = last(entries, MethodEntry.Keys::start).orElse(preset.from());
    String file = last(entries, MethodEntry.Keys::file).orElse(null);
    try {
      return new Start(
          from,
          // Only a scratch start draws, so elsewhere the setting must not change a key.
          from == Start.From.SCRATCH
              ? last(entries, MethodEntry.Keys::scratchSeed).orElse(preset.scratchSeed())
              : preset.scratchSeed(),
          last(entries, MethodEntry.Keys::headStart).orElse(preset.headStart()),
          file);
    } catch (IllegalArgumentException e) {
      binder
          .problems()
          .refuse(List.of(Problem.of(e.getMessage(), entries.get(0).settings().place())));
      return null;
    }
  }

  private static <T> Optional<T> last(
      List<MethodEntry> entries, Function<MethodEntry.Keys, T> key) {
    return entries.stream()
        .map(MethodEntry::keys)
        .map(key)
        .filter(Objects::nonNull)
        .reduce((earlier, later) -> later);
  }
}
