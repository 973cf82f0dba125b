package dev.twofold.models;

import dev.twofold.models.layers.BackboneSettings;
import java.util.Map;

/** A way to make a network for each task, of one of two kinds. Both leave the same artifacts. */
public sealed interface Method permits GraphMethod, ClosedForm {

  /**
   * Refuses tasks that cannot train together, before there is any data.
   *
   * @param images shape of each task's images, by the task's name
   * @throws IllegalArgumentException naming the layer and the shapes that do not fit
   */
  default void check(Map<String, ImageShape> images, BackboneSettings backbone) {}
}
