package dev.twofold.pipelines.report;

import dev.twofold.models.methods.MethodType;
import dev.twofold.models.methods.Methods;
import dev.twofold.pipelines.plan.Leaves;
import dev.twofold.transforms.training.TrialSpec;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the repeats of one row have in common beside the group: a method under its name in the
 * configuration, at one point of the sweep.
 */
record Variant(String label, String method, String remark, Map<String, Object> point) {

  static Variant of(TrialSpec spec) {
    return new Variant(spec.label(), spec.method(), remark(spec), spec.point());
  }

  /** Of the method that trains tasks together: MTDA on each task alone is LDA. */
  private static String remark(TrialSpec spec) {
    return Methods.ALL.stream()
        .filter(type -> type.name().equals(spec.method()) && spec.joint())
        .map(MethodType::remark)
        .findFirst()
        .orElse("");
  }

  /** The same at another point of the sweep. */
  Variant at(Map<String, Object> other) {
    return new Variant(label, method, remark, other);
  }

  /**
   * {@code mtal}, or {@code mtal (rho = 0.4, start = scratch)} in a sweep; {@code mtda,
   * reconstruction} where tables must say more of the method than its name.
   */
  String name() {
    String named = remark.isEmpty() ? label : label + ", " + remark;
    if (point.isEmpty()) {
      return named;
    }
    return new TreeMap<>(point)
        .entrySet().stream()
            .map(
                entry ->
                    Leaves.shortKey(entry.getKey(), point.keySet())
                        + " = "
                        + Leaves.text(entry.getValue()))
            .collect(Collectors.joining(", ", named + " (", ")"));
  }
}
