package dev.twofold.pipelines.run;

import dev.twofold.pipelines.plan.Plan;
import dev.twofold.pipelines.plan.PlannedTrial;
import dev.twofold.pipelines.plan.PlannedUnit;
import dev.twofold.pipelines.report.ReportData.Mistake;
import dev.twofold.pipelines.report.ReportData.Mistakes;
import dev.twofold.pipelines.report.Thumbnail;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.parquet.DatasetReader;
import dev.twofold.transforms.parquet.PredictionsReader;
import dev.twofold.transforms.parquet.PredictionsReader.Prediction;
import dev.twofold.transforms.training.TaskSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Which test images a trial's models take for another class, from the predictions in a workdir. */
final class WrongImages {

  private static final int SHOWN = 12;

  /** Characters of pictures in one page, of which a browser still opens it at once. */
  private static final int MOST_CHARACTERS = 3_000_000;

  private final Plan plan;
  private final ArtifactStore store;
  private int characters;

  WrongImages(Plan plan) {
    this.plan = plan;
    this.store = new ArtifactStore(plan.workdir());
  }

  /** Those of an evaluated trial, a record a task. */
  List<Mistakes> of(PlannedTrial trial) throws IOException {
    List<Mistakes> mistakes = new ArrayList<>();
    for (PlannedUnit unit : plan.units()) {
      if (trial.spec().units().contains(unit.key().hex())) {
        for (TaskSpec task : unit.spec().tasks()) {
          Path file =
              store
                  .directory(trial.evaluation())
                  .resolve("predictions-%s.parquet".formatted(task.name()));
          if (Files.exists(file)) {
            mistakes.add(mistakes(trial, task, PredictionsReader.read(file)));
          }
        }
      }
    }
    return mistakes;
  }

  private Mistakes mistakes(PlannedTrial trial, TaskSpec task, List<Prediction> predictions)
      throws IOException {
    List<Prediction> wrong =
        predictions.stream()
            .filter(prediction -> !prediction.predicted().equals(prediction.truth()))
            .sorted(
                Comparator.comparing(Prediction::probability)
                    .reversed()
                    .thenComparing(Prediction::id))
            .toList();
    List<Prediction> surest = wrong.stream().limit(SHOWN).toList();
    return new Mistakes(
        trial.spec(),
        task.name(),
        wrong.size(),
        characters > MOST_CHARACTERS ? List.of() : shown(task, surest));
  }

  private List<Mistake> shown(TaskSpec task, List<Prediction> wrong) throws IOException {
    Map<String, String> pictures = pictures(task, wrong);
    List<Mistake> shown = new ArrayList<>();
    for (Prediction prediction : wrong) {
      String picture = pictures.get(prediction.id());
      if (picture != null) {
        shown.add(
            new Mistake(
                prediction.truth(), prediction.predicted(), prediction.probability(), picture));
        characters += picture.length();
      }
    }
    return shown;
  }

  /** Pictures by id. */
  private Map<String, String> pictures(TaskSpec task, List<Prediction> wrong) throws IOException {
    Map<String, String> pictures = new HashMap<>();
    if (wrong.isEmpty()) {
      return pictures;
    }
    for (String key : task.datasets()) {
      Path dataset = store.directory(new StageKey("ingest", key));
      for (Path part : Files.exists(dataset) ? DatasetReader.parts(dataset) : List.<Path>of()) {
        DatasetReader.forEach(
            part,
            wrong.stream().map(Prediction::id).collect(Collectors.toSet()),
            (row, pixels) ->
                pictures.put(
                    row.id(), Thumbnail.of(pixels, row.width(), row.height(), row.channels())));
      }
    }
    return pictures;
  }
}
