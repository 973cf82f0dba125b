package dev.twofold.pipelines.configuration;

/**
 * Where a value stands.
 *
 * @param path its dotted keys, as in {@code auxiliary.training.learningRate}
 */
record Written(String path, Place place) {}
