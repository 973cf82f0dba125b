package dev.twofold.transforms.training;

import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.Claim;
import dev.twofold.transforms.artifacts.StageKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;

/** What became of an artifact that is not whole. */
public final class Unfinished {
  private final ArtifactStore store;

  public Unfinished(ArtifactStore store) {
    this.store = store;
  }

  /**
   * Says who makes it now, why it failed when it last did, or where it was interrupted.
   *
   * @return empty where nothing of it is there
   */
  public Optional<String> state(StageKey key) {
    Path directory = store.directory(key);
    Optional<String> holder = Claim.holder(directory);
    if (holder.isPresent()) {
      return holder.map("%s is at it"::formatted);
    }
    try {
      Optional<Failures.Failure> failure = Failures.last(store.workdir(), key);
      if (failure.isPresent()) {
        return failure.map(last -> "it failed: " + last.reason());
      }
      return new UnitFiles(directory)
          .checkpointStep()
          .map("it was interrupted and goes on from step %d"::formatted);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read what is there of %s: %s".formatted(key, e), e);
    }
  }
}
