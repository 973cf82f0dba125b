package dev.twofold.models.methods;

import dev.twofold.models.layers.Net;
import dev.twofold.models.layers.Role;
import dev.twofold.models.layers.Variable;
import dev.twofold.models.layers.Weights;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Session;
import org.tensorflow.op.Op;

/** Partners among the kernels of trained columns, selected outside any training. */
final class KernelPartners {

  private KernelPartners() {}

  /**
   * Selects, eqs. (3) and (4) of [A], and counts as {@link SharingRatio#details} does.
   *
   * @param names of the layers
   * @param kernels {@code <task>/<layer>/kernel}, [kh, kw, Cin, Cout]
   */
  static Weights of(
      List<String> names, List<String> tasks, Weights kernels, MtalSettings settings) {
    PriorGroups prior = PriorGroups.of(settings, tasks);
    try (Net net = new Net()) {
      List<SharedLayer> layers = new ArrayList<>();
      for (String name : names) {
        List<Variable> columns =
            tasks.stream()
                .map(task -> task + "/" + name + "/kernel")
                .map(variable -> net.variable(variable, Role.KERNEL, kernels.get(variable)))
                .toList();
        layers.add(new SharedLayer(net, name, columns, settings, prior));
      }
      try (Session session = new Session(net.graph())) {
        net.initialise(session);
        select(session, layers);
        Weights values = net.values(session);
        return new SharingRatio(layers, tasks)
            .details(variable -> values.get(variable.name()).values());
      }
    }
  }

  private static void select(Session session, List<SharedLayer> layers) {
    List<Op> selections = layers.stream().flatMap(layer -> layer.selections().stream()).toList();
    if (!selections.isEmpty()) {
      Session.Runner runner = session.runner();
      selections.forEach(runner::addTarget);
      runner.run().close();
    }
  }
}
