package dev.twofold.models.training;

import org.tensorflow.DeviceSpec;
import org.tensorflow.DeviceSpec.DeviceType;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;

/** Whether TensorFlow can compute on a GPU: where it cannot, it goes on and says so in its log. */
public final class GpuProbe {

  private GpuProbe() {}

  /** Computes one number on the first GPU of this process, if there is one. */
  public static boolean seesGpu() {
    ConfigProto.Builder configuration = ConfigProto.newBuilder();
    configuration.getGpuOptionsBuilder().setAllowGrowth(true);
    DeviceSpec gpu = DeviceSpec.newBuilder().deviceType(DeviceType.GPU).deviceIndex(0).build();
    try (Graph graph = new Graph();
        Session session = new Session(graph, configuration.build())) {
      Ops tf = Ops.create(graph);
      session.runner().fetch(tf.math.neg(tf.withDevice(gpu).constant(1f))).run().close();
      return true;
    } catch (IllegalArgumentException noSuchDevice) {
      return false;
    }
  }
}
