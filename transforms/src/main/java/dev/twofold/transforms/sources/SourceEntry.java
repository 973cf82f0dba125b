package dev.twofold.transforms.sources;

/**
 * One file of a source.
 *
 * @param path as the source spells it; an archive inside an archive counts as a folder
 * @param size in bytes, as the source declares it
 * @param offset of the content, where the source reads by offset
 */
public record SourceEntry(String path, long size, long offset) {
  /** Offset of what has no content of its own, such as a link inside a tar, or one to nothing. */
  static final long NO_CONTENT = -1;

  boolean hasContent() {
    return offset != NO_CONTENT;
  }
}
