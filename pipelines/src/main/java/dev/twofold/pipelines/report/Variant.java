package dev.twofold.pipelines.report;

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
record Variant(String label, String method, Map<String, Object> point) {

  static Variant of(TrialSpec spec) {
    return new Variant(spec.label(), spec.method(), spec.point());
  }

  /**
   * {@code mtal}, or {@code mtal (rho = 0.4, start = scratch)} in a sweep; {@code mtda,
   * reconstruction} where tables must say more of the method than its name.
   */
  String name() {
    String named = label + remark();
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

  private String remark() {
    return Methods.ALL.stream()
        .filter(type -> type.name().equals(method) && !type.remark().isEmpty())
        .map(type -> ", " + type.remark())
        .findFirst()
        .orElse("");
  }
}
