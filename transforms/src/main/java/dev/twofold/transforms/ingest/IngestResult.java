package dev.twofold.transforms.ingest;

/**
 * A dataset that is there.
 *
 * @param key hex of its stage key
 * @param directory of the artifact
 * @param reused whether it was there before
 * @param seconds from the beginning of its first shard to its commit; 0 when reused
 */
public record IngestResult(
    String name,
    String key,
    String directory,
    int images,
    int deadLetters,
    boolean reused,
    double seconds) {}
