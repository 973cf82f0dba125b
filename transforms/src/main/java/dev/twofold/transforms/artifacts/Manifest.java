package dev.twofold.transforms.artifacts;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * What makes an artifact whole: docs/artifacts.md.
 *
 * @param inputs the JSON whose hash is the key
 * @param context what is not in the key: invocation, paths, names, threads, versions
 * @param created milliseconds since the epoch
 */
public record Manifest(
    int format,
    String stage,
    String key,
    JsonNode inputs,
    JsonNode context,
    long created,
    List<Manifest.Entry> files) {

  static final int FORMAT = 1;

  public Manifest {
    files = List.copyOf(files);
  }

  /**
   * One file of the artifact.
   *
   * @param path relative to the artifact's folder, with {@code /}
   * @param size in bytes
   */
  public record Entry(String path, long size) {}
}
