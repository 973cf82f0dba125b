package dev.twofold.pipelines.configuration;

import dev.twofold.models.training.TrainingSettings;
import java.util.List;

/**
 * The big task whose network the columns start from. It is pre-trained once with each backbone that
 * a method starts from.
 *
 * @param datasets their names, joined by class name
 * @param training keys that differ from the usual pre-training
 * @param seed of the pre-training; drawn from the configuration's when left out
 */
public record AuxiliarySettings(
    @Required List<String> datasets, Overlay<TrainingSettings> training, Long seed) {

  public AuxiliarySettings {
    datasets = List.copyOf(datasets);
    if (datasets.isEmpty()) {
      throw new IllegalArgumentException(
          "Invalid auxiliary.datasets: [] (must name at least one dataset)");
    }
  }

  /** How the auxiliary network is trained, defaults filled in. */
  public TrainingSettings effectiveTraining() {
    return training.over(TrainingSettings.pretraining());
  }
}
