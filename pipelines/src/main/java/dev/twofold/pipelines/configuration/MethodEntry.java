package dev.twofold.pipelines.configuration;

import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.methods.Preset;
import dev.twofold.models.training.Start;
import dev.twofold.models.training.TrainingSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a configuration says of a method; what it leaves out comes from the preset.
 *
 * @param keys the keys that every method has
 * @param settings the method's own keys, which are checked once it is known which method it is
 */
record MethodEntry(Keys keys, Tree.Mapping settings) {

  /**
   * The keys that every method has.
   *
   * @param method registered name; the label's when left out
   * @param preset {@code tuned} (default) or {@code published}
   * @param start where the columns' weights come from
   * @param file for {@code start: file}: an NPZ with the names of a backbone's parameters
   * @param scratchSeed for {@code start: scratch}: whether every task draws its own weights or all
   *     draw the same
   * @param headStart whether heads are random, or take the auxiliary head's columns for the classes
   *     that the label map covers
   * @param training keys that differ from the preset's training and the configuration's {@code
   *     training}
   * @param backbone keys that differ from the configuration's {@code backbone}
   */
  record Keys(
      String method,
      Preset preset,
      Start.From start,
      String file,
      Start.ScratchSeed scratchSeed,
      Start.HeadStart headStart,
      Overlay<TrainingSettings> training,
      Overlay<BackboneSettings> backbone) {

    /** Those of the keys of {@link #TRAINED} that are given. */
    List<String> trained() {
      Map<String, Object> values = Records.values(this);
      return TRAINED.stream()
          .filter(key -> values.get(key) != null)
          .filter(key -> !key.equals("training") || !training.isEmpty())
          .toList();
    }
  }

  static final List<String> NAMES = Records.names(Keys.class);

  /** Keys of methods that take steps from a start, which a closed form does not. */
  static final List<String> TRAINED =
      List.of("start", "file", "scratchSeed", "headStart", "training");

  static MethodEntry read(Tree tree, String path, Binder binder) {
    Tree.Mapping mapping = binder.mapping(tree, path);
    Map<String, Tree.Entry> keys = new LinkedHashMap<>(mapping.entries());
    keys.keySet().retainAll(NAMES);
    return new MethodEntry(
        binder.record(new Tree.Mapping(keys, mapping.place()), Keys.class, path), own(mapping));
  }

  /** Without the keys that every method has. */
  static Tree.Mapping own(Tree.Mapping mapping) {
    Map<String, Tree.Entry> settings = new LinkedHashMap<>(mapping.entries());
    settings.keySet().removeAll(NAMES);
    return new Tree.Mapping(settings, mapping.place());
  }
}
