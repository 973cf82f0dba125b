package dev.twofold.models.methods;

/** For methods that have nothing to set but their training. */
public record NoSettings() {}
