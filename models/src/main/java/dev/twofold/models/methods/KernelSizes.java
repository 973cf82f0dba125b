package dev.twofold.models.methods;

import dev.twofold.models.ImageShape;
import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.Convolution;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * In which layers MTAL's columns can share kernels, by shapes alone: where two of a prior group
 * have kernels of equal D.
 *
 * @param images shape of each task's images, by the task's name
 */
record KernelSizes(
    MtalSettings settings, Map<String, ImageShape> images, BackboneSettings backbone) {

  /**
   * Refuses columns that share nothing.
   *
   * @throws IllegalArgumentException when no layer of two columns of a prior group has kernels of
   *     equal size, naming each layer's
   */
  void check() {
    List<Map<String, ImageShape>> related = related();
    boolean shares =
        related.stream()
            .flatMap(group -> layers(group).stream())
            .anyMatch(KernelSizes::haveEqualKernels);
    if (shares || related.isEmpty() || settings.within()) {
      return;
    }
    throw new IllegalArgumentException(
        "Cannot share kernels between tasks %s: %s (must be of equal size in one layer at least)"
            .formatted(
                images.keySet(),
                layers(related.get(0)).stream()
                    .map(KernelSizes::kernels)
                    .collect(Collectors.joining("; "))));
  }

  /** The prior groups of more than one task, with the shapes of their images. */
  private List<Map<String, ImageShape>> related() {
    List<String> tasks = List.copyOf(images.keySet());
    List<Map<String, ImageShape>> related = new ArrayList<>();
    for (List<Integer> group : PriorGroups.of(settings, tasks).groups()) {
      if (group.size() > 1) {
        Map<String, ImageShape> shapes = new LinkedHashMap<>();
        group.forEach(t -> shapes.put(tasks.get(t), images.get(tasks.get(t))));
        related.add(shapes);
      }
    }
    return related;
  }

  /** Each layer's convolutions, one a column. */
  private List<List<Convolution>> layers(Map<String, ImageShape> group) {
    List<List<Convolution>> columns =
        group.values().stream()
            .map(image -> new Backbone(backbone, image.channels(), Optional.empty()))
            .map(Backbone::convolutions)
            .toList();
    return IntStream.range(0, columns.get(0).size())
        .mapToObj(l -> columns.stream().map(column -> column.get(l)).toList())
        .toList();
  }

  /** Whether at least two columns have kernels of equal D. */
  private static boolean haveEqualKernels(List<Convolution> layer) {
    return layer.stream().map(Convolution::rowLength).distinct().count() < layer.size();
  }

  private static String kernels(List<Convolution> layer) {
    return layer.stream()
        .map(column -> Arrays.toString(column.kernelShape()))
        .collect(Collectors.joining(" and ", layer.get(0).name() + " has kernels ", ""));
  }

  /**
   * What columns cannot share, in words: layers at which kernels of one prior group differ in D.
   */
  List<String> unshared() {
    List<String> unshared = new ArrayList<>();
    for (Map<String, ImageShape> group : related()) {
      List<String> tasks = List.copyOf(group.keySet());
      for (List<Convolution> layer : layers(group)) {
        Map<Integer, List<String>> byD = new LinkedHashMap<>();
        for (int t = 0; t < tasks.size(); t++) {
          byD.computeIfAbsent(layer.get(t).rowLength(), d -> new ArrayList<>()).add(tasks.get(t));
        }
        if (byD.size() > 1) {
          unshared.add(
              "%s shares nothing between tasks whose kernels differ in size: %s"
                  .formatted(layer.get(0).name(), words(byD)));
        }
      }
    }
    return unshared;
  }

  private static String words(Map<Integer, List<String>> byD) {
    return byD.entrySet().stream()
        .map(
            entry -> "%s %d weights".formatted(String.join(", ", entry.getValue()), entry.getKey()))
        .collect(Collectors.joining("; "));
  }
}
