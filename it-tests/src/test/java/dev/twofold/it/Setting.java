package dev.twofold.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the end-to-end tests start from: three small datasets, and a configuration of seconds. */
final class Setting {
  static final String CONFIGURATION = "small.yaml";

  private static final String TEXT =
      """
      name: small
      seed: 3
      repeats: 2
      datasets:
        big: {source: data/big, size: 16, augment: {shift: 1, flip: false}}
        grey: {source: data/grey, size: 12, channels: 1, augment: {shift: 1, flip: false}}
        colour: {source: data/colour, size: 16, augment: {shift: 1, flip: false}}
      auxiliary:
        datasets: [big]
        training: {steps: 40, batch: 16}
      backbone: {vgg: [8, M, 16, M], fullyConnected: [16]}
      groups:
        pair: {tasks: [grey, colour]}
      methods:
        single-task: {}
        multi-task: {}
        mtal: {threshold: 0.4}
        damtl: {}
      training: {steps: 30, batch: 16}
      workers: {devices: cpu}
      tracking: {uri: offline}
      """;

  /** One method and no auxiliary network: the least that trains. */
  static final String ONE_METHOD =
      """
      name: one
      seed: 3
      repeats: 1
      datasets:
        grey: {source: data/grey, size: 12, channels: 1, augment: {shift: 1, flip: false}}
        colour: {source: data/colour, size: 16, augment: {shift: 1, flip: false}}
      backbone: {vgg: [8, M, 16, M], fullyConnected: [16]}
      groups:
        pair: {tasks: [grey, colour]}
      methods:
        mtal: {threshold: 0.4, start: scratch, scratchSeed: shared}
      training: {steps: 10, batch: 16}
      workers: {slots: 1, threads: 1, devices: cpu}
      tracking: {uri: offline}
      """;

  private Setting() {}

  /** Writes data and the configuration of four methods. */
  static void write(Path folder) throws IOException {
    write(folder, TEXT);
  }

  static void write(Path folder, String configuration) throws IOException {
    Pictures.write(folder.resolve("data/big"), 16, "a", "b", "c", "d", "e", "f");
    Pictures.write(folder.resolve("data/grey"), 12, "a", "c", "g");
    Pictures.write(folder.resolve("data/colour"), 16, "b", "c", "h");
    Files.writeString(folder.resolve(CONFIGURATION), configuration);
  }
}
