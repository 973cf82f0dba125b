package dev.twofold.models;

import dev.twofold.models.layers.BackboneSettings;
import java.util.Map;

/** A method describes a graph; it opens no session and owns no optimiser. */
@FunctionalInterface
public interface Method {
  Objective build(Construction construction);

  /**
   * Refuses tasks that cannot train together, before there is any data.
   *
   * @param images shape of each task's images, by the task's name
   * @throws IllegalArgumentException naming the layer and the shapes that do not fit
   */
  default void check(Map<String, ImageShape> images, BackboneSettings backbone) {}
}
