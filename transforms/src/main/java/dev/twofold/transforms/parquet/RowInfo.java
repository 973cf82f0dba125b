package dev.twofold.transforms.parquet;

/**
 * A dataset's row without its pixels: docs/artifacts.md.
 *
 * @param id unique within the dataset; rows are read in its order
 * @param sourceSplit {@code train}, {@code val}, {@code test}, or empty
 * @param contentSha256 of the pixels
 * @param sourceSha256 of the file that they were decoded from
 * @param source that file, with the archive that it stands in
 */
public record RowInfo(
    String id,
    String className,
    String sourceSplit,
    int width,
    int height,
    int channels,
    String contentSha256,
    String sourceSha256,
    String source,
    int originalWidth,
    int originalHeight) {}
