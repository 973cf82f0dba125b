package dev.twofold.pipelines.configuration;

import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.methods.AuxiliaryUse;
import dev.twofold.models.methods.DamtlSettings;
import dev.twofold.models.methods.MethodType;
import dev.twofold.models.methods.Preset;
import dev.twofold.models.training.Start;
import dev.twofold.models.training.TrainingSettings;

/**
 * A method as a group trains it: preset, configuration and the group's own keys laid over each
 * other.
 *
 * @param label the method's name under {@code methods}
 * @param type the registered method
 * @param preset that everything not given came from
 * @param start of the columns; null of a closed form
 * @param settings of the type's {@code settingsType}
 * @param training how a unit is trained; null of a closed form
 * @param backbone the network of one column
 * @param joint whether all tasks of a group train in one unit, or each in its own
 */
public record MethodSettings(
    String label,
    MethodType<?> type,
    Preset preset,
    Start start,
    Record settings,
    TrainingSettings training,
    BackboneSettings backbone,
    boolean joint) {

  /** Columns that start from the auxiliary network, or settings that read it wherever they do. */
  public boolean needsAuxiliary() {
    return startsFromAuxiliary()
        || headsStartFromAuxiliary()
        || (settings instanceof AuxiliaryUse use && use.usesAuxiliary());
  }

  boolean startsFromAuxiliary() {
    return start != null && start.from() == Start.From.AUXILIARY;
  }

  private boolean headsStartFromAuxiliary() {
    return start != null && start.headStart() == Start.HeadStart.LABEL_MAP;
  }

  /** Whether the label map shapes what is trained: aligned heads, or heads that start from it. */
  public boolean usesLabelMap() {
    return headsStartFromAuxiliary()
        || (settings instanceof DamtlSettings damtl
            && damtl.alignment() == DamtlSettings.Alignment.ALL);
  }
}
