package dev.twofold.transforms.sources;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * An entry that is no row of the dataset, and why.
 *
 * @param id the entry's path
 * @param className as far as known, else empty
 */
public record DeadLetter(String id, @JsonProperty("class") String className, String reason) {}
