package dev.twofold.pipelines.plan;

import dev.twofold.models.ImageShape;
import dev.twofold.pipelines.configuration.AuxiliarySettings;
import dev.twofold.pipelines.configuration.Configuration;
import dev.twofold.pipelines.configuration.ConfigurationException;
import dev.twofold.pipelines.configuration.SweepPoint;
import dev.twofold.transforms.parquet.Split;
import dev.twofold.transforms.training.TaskSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Function;

/** The auxiliary big task: datasets joined by class name. */
record AuxiliaryTask(TaskSpec spec, ImageShape shape, List<DatasetPlanner.Listed> datasets) {

  static final String NAME = "auxiliary";

  static AuxiliaryTask resolve(SweepPoint point, DatasetPlanner planner) {
    Configuration configuration = point.configuration();
    AuxiliarySettings settings = configuration.auxiliary();
    List<DatasetPlanner.Listed> datasets = new ArrayList<>();
    TreeSet<String> classes = new TreeSet<>();
    for (String name : settings.datasets()) {
      DatasetPlanner.Listed dataset = planner.list(point, name);
      datasets.add(dataset);
      classes.addAll(dataset.classes());
    }
    ImageShape shape = agreed(point, "size and channels", name -> shape(datasets, name));
    TaskSpec spec =
        new TaskSpec(
            NAME,
            datasets.stream().map(dataset -> dataset.request().key()).toList(),
            List.copyOf(classes),
            agreed(point, "split", name -> configuration.splitOf(name).fixed()),
            agreed(point, "augment", name -> configuration.datasets().get(name).effectiveAugment()),
            Map.of());
    return new AuxiliaryTask(spec, shape, datasets);
  }

  private static ImageShape shape(List<DatasetPlanner.Listed> datasets, String name) {
    return datasets.stream()
        .filter(dataset -> dataset.name().equals(name))
        .map(dataset -> dataset.request().shape())
        .findFirst()
        .orElseThrow();
  }

  private static <T> T agreed(SweepPoint point, String what, Function<String, T> of) {
    List<String> names = point.configuration().auxiliary().datasets();
    List<T> values = names.stream().map(of).distinct().toList();
    if (values.stream().filter(Objects::nonNull).count() != 1) {
      throw new ConfigurationException(
          List.of(
              point
                  .places()
                  .problem(
                      "Cannot join datasets %s: they differ in %s"
                          .formatted(String.join(", ", names), what),
                      "give all of them the same",
                      "auxiliary",
                      "datasets")));
    }
    return values.get(0);
  }

  /** Images that train, nearly: a source's splits are known for all of its classes together. */
  int trainImages() {
    return Math.max(1, (int) Math.round(datasets.stream().mapToDouble(this::trainImages).sum()));
  }

  private double trainImages(DatasetPlanner.Listed dataset) {
    double images = dataset.counts().values().stream().mapToInt(Integer::intValue).sum();
    if (spec.split().mode() != Split.Mode.SOURCE) {
      return images * (1 - spec.split().test());
    }
    double all = dataset.splits().values().stream().mapToInt(Integer::intValue).sum();
    return images * dataset.splits().getOrDefault("train", 0) / all;
  }
}
