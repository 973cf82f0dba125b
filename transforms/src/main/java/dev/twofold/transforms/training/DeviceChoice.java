package dev.twofold.transforms.training;

/**
 * Where a model process may run.
 *
 * @param kind auto, cpu or gpu
 * @param unitsPerGpu places on a GPU; all that share a machine must give it the same number of them
 */
public record DeviceChoice(String kind, int unitsPerGpu) {
  public static final DeviceChoice CPU = new DeviceChoice("cpu", 1);
}
