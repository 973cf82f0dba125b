package dev.twofold.pipelines.doctor;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/** What a doctor found. */
public record Diagnosis(List<Check> checks) {

  private static final ObjectMapper JSON = new ObjectMapper();

  public Diagnosis {
    checks = List.copyOf(checks);
  }

  /** Whether nothing that a run needs is missing. */
  public boolean healthy() {
    return checks.stream().noneMatch(check -> check.status() == Check.Status.FAIL);
  }

  /** A line a check, with its remedy below it. */
  public String text() {
    int widest = checks.stream().mapToInt(check -> check.name().length()).max().orElse(0);
    StringBuilder text = new StringBuilder();
    for (Check check : checks) {
      String padding = " ".repeat(widest - check.name().length());
      text.append("%-4s  %s%s  %s\n".formatted(word(check), check.name(), padding, check.detail()));
      if (!check.remedy().isEmpty()) {
        text.append(" ".repeat(widest + 8)).append("→ ").append(check.remedy()).append('\n');
      }
    }
    return text.toString();
  }

  /** The same as a JSON array. */
  public String json() {
    ArrayNode array = JSON.createArrayNode();
    for (Check check : checks) {
      ObjectNode node = array.addObject();
      node.put("name", check.name()).put("status", word(check));
      node.put("detail", check.detail()).put("remedy", check.remedy());
    }
    return array.toPrettyString();
  }

  private static String word(Check check) {
    return check.status().name().toLowerCase(Locale.ROOT);
  }
}
