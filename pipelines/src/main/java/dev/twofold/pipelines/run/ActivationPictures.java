package dev.twofold.pipelines.run;

import dev.twofold.pipelines.plan.PlannedTrial;
import dev.twofold.pipelines.report.Pictures;
import dev.twofold.pipelines.report.ReportData.Activations;
import dev.twofold.transforms.artifacts.ArtifactStore;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The activation maps that evaluations have drawn, as the report embeds them. */
final class ActivationPictures {

  /** Characters of pictures in one page, of which a browser still opens it at once. */
  private static final int MOST_CHARACTERS = 6_000_000;

  private final ArtifactStore store;
  private int characters;

  ActivationPictures(ArtifactStore store) {
    this.store = store;
  }

  /** Those of an evaluated trial, layer by layer; empty where its evaluation has drawn none. */
  Optional<Activations> of(PlannedTrial trial) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> drawn =
        Files.newDirectoryStream(store.directory(trial.evaluation()), "activation-*.png")) {
      drawn.forEach(files::add);
    }
    if (files.isEmpty()) {
      return Optional.empty();
    }
    List<String> pictures = new ArrayList<>();
    for (Path file : characters > MOST_CHARACTERS ? List.<Path>of() : sorted(files)) {
      String picture = Pictures.address(Files.readAllBytes(file));
      characters += picture.length();
      pictures.add(picture);
    }
    return Optional.of(new Activations(trial.spec(), pictures));
  }

  private static List<Path> sorted(List<Path> files) {
    return files.stream().sorted().toList();
  }
}
