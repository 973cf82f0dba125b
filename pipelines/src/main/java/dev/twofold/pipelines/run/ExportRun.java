package dev.twofold.pipelines.run;

import dev.twofold.pipelines.recorded.RecordedRun;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.evaluation.ExportResult;
import dev.twofold.transforms.parquet.ParquetBatchSource;
import dev.twofold.transforms.training.ModelRequest;
import dev.twofold.transforms.training.ModelRequest.Export;
import dev.twofold.transforms.training.TrainingJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Exports a run's networks in a model process. */
public final class ExportRun {
  private final RecordedRun run;

  public ExportRun(RecordedRun run) {
    this.run = run;
  }

  /**
   * Makes the folder.
   *
   * @throws UsageException when the folder is in use, or the run's method has no such form
   * @throws InterruptedException when Ctrl-C has ended it; there is no folder then
   */
  public ExportResult to(Path folder, Export.Form form) throws IOException, InterruptedException {
    List<ModelRequest.Train> units = TrainedUnits.of(run);
    units.forEach(unit -> check(unit, form));
    Path absolute = free(folder.toAbsolutePath().normalize());
    ModelRequest request =
        ModelRequest.toExport(
            run.workdir().toString(),
            ParquetBatchSource.DEFAULT_MEMORY,
            new Export(units, TrainedUnits.searched(run), form, absolute.toString()));
    try {
      ChildProcess.run(
          new ArtifactStore(run.workdir()), request, "Cannot export run " + run.name());
    } catch (InterruptedException e) {
      // It may have been whole already, and nobody would know.
      DurableFiles.deleteTree(absolute);
      throw e;
    }
    return TrainingJson.MAPPER.readValue(
        absolute.resolve(ExportResult.FILE).toFile(), ExportResult.class);
  }

  private void check(ModelRequest.Train unit, Export.Form form) {
    String method = unit.unit().method();
    if (form == Export.Form.MERGED && !method.equals("mtal")) {
      throw new UsageException(
          "Cannot merge kernels of run %s: its method is %s (must be mtal, whose columns share kernels)"
              .formatted(run.name(), method));
    }
    if (form == Export.Form.PRUNED && !method.equals("damtl")) {
      throw new UsageException(
          "Cannot prune run %s: its method is %s (must be damtl, whose masks empty channels)"
              .formatted(run.name(), method));
    }
  }

  /** A folder that holds something may hold something dear, and a link is to stay one. */
  static Path free(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      OutputFolder.make("Cannot export to " + folder, folder.getParent());
      return folder;
    }
    if (!Files.isDirectory(folder) || !isEmpty(folder)) {
      throw new UsageException(
          "Cannot export to %s: it is there already (must be a new or an empty folder)"
              .formatted(folder));
    }
    Path real = folder.toRealPath();
    Files.delete(real);
    return real;
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.findAny().isEmpty();
    }
  }
}
