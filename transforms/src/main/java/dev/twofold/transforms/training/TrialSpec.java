package dev.twofold.transforms.training;

import java.util.List;
import java.util.Map;

/**
 * One row of a table before its repeats are averaged: one MLflow run. It joins the units that train
 * its tasks, and its evaluation.
 *
 * @param label the method's name in the configuration's {@code methods:}
 * @param group name of the group
 * @param point the sweep's values at this trial, dotted key → value; empty without a sweep
 * @param repeat 1-based
 * @param units keys of the units, in the order of their first task
 * @param evaluation key of the evaluation's artifact
 * @param joint whether the method trains all tasks of the group in one unit
 */
public record TrialSpec(
    String label,
    String method,
    String group,
    Map<String, Object> point,
    int repeat,
    List<String> units,
    String evaluation,
    boolean joint) {

  public TrialSpec {
    units = List.copyOf(units);
  }
}
