package dev.twofold.pipelines.plan;

import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.transforms.artifacts.StageKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the auxiliary networks of a plan are called: {@code auxiliary network}, and after it what
 * tells them apart: backbone and repeat, or else the key.
 */
final class NetworkNames {
  private static final int KEY_DIGITS = 8;

  /**
   * One of them.
   *
   * @param repeat whose trials alone start from it; empty where all do
   */
  private record Network(StageKey key, String backbone, String repeat) {

    String name(boolean withBackbone) {
      List<String> parts = new ArrayList<>(List.of("auxiliary network"));
      if (withBackbone) {
        parts.add(backbone);
      }
      if (!repeat.isEmpty()) {
        parts.add(repeat);
      }
      return String.join(" · ", parts);
    }
  }

  private final List<Network> networks = new ArrayList<>();

  void add(PlannedUnit network, String repeat) {
    networks.add(new Network(network.key(), text(network.spec().backbone()), repeat));
  }

  /** The name of each. */
  Map<StageKey, String> names() {
    boolean several = networks.stream().map(Network::backbone).distinct().count() > 1;
    Map<String, List<Network>> byName =
        networks.stream().collect(Collectors.groupingBy(network -> network.name(several)));
    Map<StageKey, String> names = new LinkedHashMap<>();
    byName.forEach(
        (name, alike) ->
            alike.forEach(
                network ->
                    names.put(
                        network.key(),
                        alike.size() == 1
                            ? name
                            : name + " · " + network.key().hex().substring(0, KEY_DIGITS))));
    return names;
  }

  private static String text(BackboneSettings backbone) {
    return backbone.name() == null ? "vgg " + String.join("-", backbone.vgg()) : backbone.name();
  }
}
