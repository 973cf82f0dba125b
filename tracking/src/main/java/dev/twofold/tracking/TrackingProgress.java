package dev.twofold.tracking;

import java.util.Optional;

/**
 * What a person who watches is shown.
 *
 * @param runs how many runs the tracker was given
 * @param delivered how many of them are projected as far as their logs go
 * @param ended how many of them have their final status on the server
 * @param metrics values sent by this tracker
 * @param files files sent by this tracker
 * @param trouble why nothing is sent just now
 */
public record TrackingProgress(
    int runs, int delivered, int ended, long metrics, long files, Optional<String> trouble) {}
