package dev.twofold.transforms.training;

/**
 * Where a model process may run.
 *
 * @param kind auto, cpu or gpu
 * @param unitsPerGpu processes that share a GPU; they need as many slots
 */
public record DeviceChoice(String kind, int unitsPerGpu) {
  /** A GPU of its own where there is one to train on. */
  public static final DeviceChoice AUTO = new DeviceChoice("auto", 1);
}
