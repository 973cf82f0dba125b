package dev.twofold.models;

/** A method describes a graph; it opens no session and owns no optimiser. */
@FunctionalInterface
public interface Method {
  Objective build(Construction construction);
}
