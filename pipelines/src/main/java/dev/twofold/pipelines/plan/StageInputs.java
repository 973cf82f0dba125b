package dev.twofold.pipelines.plan;

import dev.twofold.pipelines.configuration.EffectiveConfiguration;
import dev.twofold.transforms.artifacts.Sha256;
import dev.twofold.transforms.parquet.Split;
import dev.twofold.transforms.sources.DataRefusedException;
import dev.twofold.transforms.training.UnitSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is hashed into the keys of units and evaluations. Not in it: the number of threads, which
 * stands in the manifest, and the path of a start file, whose content counts.
 */
final class StageInputs {
  private final String tensorflow;

  /** Of start files, which are large and the same for many units. */
  private final Map<Path, String> digests = new HashMap<>();

  /**
   * @param tensorflow version of TensorFlow
   */
  StageInputs(String tensorflow) {
    this.tensorflow = tensorflow;
  }

  Map<String, Object> ofUnit(UnitSpec spec, int attempt) {
    Map<String, Object> inputs = header(spec.stage(), attempt);
    if (spec.backbone().batchNorm() && "channel".equals(spec.settings().get("sparsity"))) {
      inputs.put("format", Stage.FORMAT_OF_NORMALISED_CHANNELS);
    }
    inputs.put("method", spec.method());
    inputs.put("settings", EffectiveConfiguration.plain(spec.settings()));
    inputs.put("backbone", EffectiveConfiguration.plain(spec.backbone()));
    if (spec.start() != null) {
      inputs.put("start", start(spec));
    }
    if (spec.auxiliary() != null) {
      inputs.put("auxiliary", spec.auxiliary());
    }
    inputs.put("tasks", EffectiveConfiguration.plain(spec.tasks()));
    if (spec.training() != null) {
      inputs.put("training", EffectiveConfiguration.plain(spec.training()));
    }
    inputs.put("seed", spec.seed());
    return inputs;
  }

  /**
   * @param searched by task, the splits whose test sides are left out
   */
  Map<String, Object> ofEvaluation(
      List<String> units, Map<String, List<Split>> searched, int attempt) {
    Map<String, Object> inputs = header(Stage.EVALUATE.label(), attempt);
    inputs.put("format", Stage.FORMAT_OF_EVALUATION);
    inputs.put("units", units);
    if (!searched.isEmpty()) {
      inputs.put("searched", EffectiveConfiguration.plain(searched));
    }
    return inputs;
  }

  private Map<String, Object> header(String stage, int attempt) {
    Map<String, Object> inputs = new LinkedHashMap<>();
    inputs.put("stage", stage);
    inputs.put("format", Stage.FORMAT);
    inputs.put("tensorflow", tensorflow);
    if (attempt > 0) {
      inputs.put("attempt", attempt);
    }
    return inputs;
  }

  private Object start(UnitSpec spec) {
    Map<String, Object> start = new LinkedHashMap<>();
    ((Map<?, ?>) EffectiveConfiguration.plain(spec.start()))
        .forEach((key, value) -> start.put(key.toString(), value));
    if (spec.start().file() != null) {
      start.put("file", digests.computeIfAbsent(Path.of(spec.start().file()), StageInputs::digest));
    }
    return start;
  }

  private static String digest(Path file) {
    try {
      return Sha256.of(file);
    } catch (NoSuchFileException e) {
      throw new DataRefusedException(
          "Cannot read %s, which columns start from: there is no such file (`file:` of the method names it)"
              .formatted(file),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read start file %s: %s".formatted(file, e), e);
    }
  }
}
