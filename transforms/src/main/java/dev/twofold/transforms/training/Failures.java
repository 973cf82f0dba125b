package dev.twofold.transforms.training;

import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.artifacts.StageKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Why units and evaluations have failed, in {@code <workdir>/failures/<stage>-<key>/}: beside the
 * artifacts, which are whole or not, whatever failed before. Each start of a run has a file of its
 * own there, so that two runs never take away from each other what they have settled.
 */
public final class Failures {

  /**
   * One failure.
   *
   * @param code of the process: {@link ExitCodes}
   */
  public record Failure(int code, String reason) {}

  private final Path folder;
  private final String start;

  /** As one start of a run sees them. */
  public Failures(WorkPlan plan) {
    this.folder = folder(Path.of(plan.workdir()));
    this.start = plan.start();
  }

  private static Path folder(Path workdir) {
    return workdir.resolve("failures");
  }

  private Path of(StageKey artifact) {
    return of(folder, artifact);
  }

  private static Path of(Path folder, StageKey artifact) {
    return folder.resolve(artifact.stage() + "-" + artifact.hex());
  }

  private Path own(StageKey artifact) {
    return of(artifact).resolve(start + ".json");
  }

  /** Whether it has failed in this start. */
  public boolean has(StageKey artifact) {
    return Files.exists(own(artifact));
  }

  /** Why it failed in this start, or else when it last did. */
  public Optional<Failure> find(StageKey artifact) throws IOException {
    return read(has(artifact) ? Optional.of(own(artifact)) : newest(of(artifact)));
  }

  /** Why it failed when it last did, in any start. */
  static Optional<Failure> last(Path workdir, StageKey artifact) throws IOException {
    return read(newest(of(folder(workdir), artifact)));
  }

  private static Optional<Failure> read(Optional<Path> file) throws IOException {
    try {
      return file.isEmpty()
          ? Optional.empty()
          : Optional.of(
              TrainingJson.MAPPER.readValue(Files.readAllBytes(file.get()), Failure.class));
    } catch (NoSuchFileException madeMeanwhile) {
      return Optional.empty();
    }
  }

  private static Optional<Path> newest(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".json"))
          .max(Comparator.comparingLong(file -> file.toFile().lastModified()));
    }
  }

  /** Says why it failed. */
  public void add(StageKey artifact, ModelProcesses.Ending ending) throws IOException {
    Files.createDirectories(of(artifact));
    DurableFiles.replace(
        own(artifact),
        TrainingJson.MAPPER.writeValueAsBytes(new Failure(ending.code(), ending.reason())));
  }

  /** It is whole now. */
  public void forget(StageKey artifact) throws IOException {
    DurableFiles.deleteTree(of(artifact));
  }
}
