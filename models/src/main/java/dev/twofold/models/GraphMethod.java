package dev.twofold.models;

/** A method that describes a graph, which is trained; it opens no session and owns no optimiser. */
@FunctionalInterface
public non-sealed interface GraphMethod extends Method {
  Objective build(Construction construction);
}
