package dev.twofold.pipelines.plan;

import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.ingest.IngestRequest;
import java.util.List;
import java.util.Map;

/**
 * A dataset that the run reads.
 *
 * @param names in the configuration; several when they ask for the same rows
 * @param request with its key
 * @param counts files of each chosen class, before damaged ones are left out
 */
public record PlannedDataset(
    List<String> names, IngestRequest request, Map<String, Integer> counts, Decision decision) {

  public PlannedDataset {
    names = List.copyOf(names);
  }

  public StageKey key() {
    return request.stageKey();
  }

  public int images() {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }
}
