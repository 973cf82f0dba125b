package dev.twofold.transforms.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.transforms.ingest.SharedWorkdir;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a run's workers do: constant configuration of the stages, not elements, since the workers
 * claim from it.
 *
 * @param start of the run, another one each time that it goes on; what failed in other starts is
 *     tried again
 * @param workdir with the artifacts
 * @param token file that the client wrote into the workdir
 * @param inMemory bytes of pixels that a task may hold
 * @param devices that a unit may run on
 * @param maxSilentSeconds after which a model process is taken to hang
 * @param pretrain units of the pre-training
 * @param units to train, longest first
 * @param trials to evaluate
 */
public record WorkPlan(
    String start,
    String workdir,
    String token,
    long inMemory,
    DeviceChoice devices,
    long maxSilentSeconds,
    List<ModelRequest.Train> pretrain,
    List<ModelRequest.Train> units,
    List<ModelRequest.Evaluate> trials) {

  public WorkPlan {
    pretrain = List.copyOf(pretrain);
    units = List.copyOf(units);
    trials = List.copyOf(trials);
  }

  /** After which a model process is taken to hang. */
  public Duration maxSilence() {
    return Duration.ofSeconds(maxSilentSeconds);
  }

  /** Refuses a workdir that is not the client's. */
  public void requireShared() {
    Path here = Path.of(workdir);
    SharedWorkdir.require(here, here.resolve(token));
  }

  /** As text, which Beam serialises with a stage. */
  public String toJson() {
    JsonNode tree = TrainingJson.MAPPER.valueToTree(this);
    return tree.toString();
  }

  public static WorkPlan fromJson(String json) {
    try {
      return TrainingJson.MAPPER.readValue(json, WorkPlan.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot read a work plan", e);
    }
  }
}
