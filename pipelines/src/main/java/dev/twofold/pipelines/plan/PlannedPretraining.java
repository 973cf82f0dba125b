package dev.twofold.pipelines.plan;

import java.util.Map;

/**
 * A pre-training and the run that MLflow shows of it.
 *
 * @param parameters every effective setting, by dotted key
 */
public record PlannedPretraining(
    PlannedUnit unit, PlannedRun run, Map<String, String> parameters) {}
