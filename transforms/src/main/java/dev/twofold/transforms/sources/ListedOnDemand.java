package dev.twofold.transforms.sources;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A source that is listed when it is first asked what it holds. Who knows the entries already, as
 * every worker of an ingestion does, reads them without: of millions of files the list costs time
 * and memory.
 */
abstract class ListedOnDemand implements ImageSource {
  private final String dataset;
  private final Path path;
  private List<SourceEntry> entries;

  /**
   * A source.
   *
   * @param dataset for messages
   * @param path for messages
   */
  ListedOnDemand(String dataset, Path path) {
    this.dataset = dataset;
    this.path = path;
  }

  final String dataset() {
    return dataset;
  }

  /** As the user knows it. */
  final Path path() {
    return path;
  }

  /** All files, in the order of their path. */
  abstract List<SourceEntry> list() throws IOException;

  @Override
  public final synchronized List<SourceEntry> entries() {
    if (entries == null) {
      entries = List.copyOf(SourceRefusals.of(dataset, path, this::list));
    }
    return entries;
  }
}
