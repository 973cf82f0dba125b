package dev.twofold.models.methods;

import dev.twofold.models.training.TrainingSettings;
import java.util.List;

/** The registry. A method is added here with one line. */
public final class Methods {

  public static final List<MethodType<?>> ALL =
      List.of(
          MethodType.plain("single-task", SingleTask::new, false),
          MethodType.plain("multi-task", MultiTask::new, true),
          MethodType.of(
              "mtal", MtalSettings.class, MtalSettings::preset, Mtal::new, settings -> true),
          MethodType.of(
                  "damtl", DamtlSettings.class, DamtlSettings::preset, Damtl::new, Methods::isJoint)
              .trainedBy(Methods::damtlTraining),
          MethodType.of(
              "cross-stitch",
              CrossStitchSettings.class,
              CrossStitchSettings::preset,
              CrossStitch::new,
              settings -> true),
          MethodType.of(
                  "nddr-cnn",
                  NddrCnnSettings.class,
                  NddrCnnSettings::preset,
                  NddrCnn::new,
                  settings -> true)
              .remarked("with batch norm"),
          MethodType.closedForm(
                  "mtda",
                  MtdaSettings.class,
                  MtdaSettings::preset,
                  Mtda::new,
                  settings -> settings.sharing() == MtdaSettings.Sharing.JOINT)
              .remarked("reconstruction"));

  private Methods() {}

  /**
   * The method of this name.
   *
   * @throws IllegalArgumentException naming the known methods
   */
  public static MethodType<?> named(String name) {
    return ALL.stream()
        .filter(type -> type.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Invalid method: %s (must be one of %s)"
                        .formatted(
                            name, String.join(", ", ALL.stream().map(MethodType::name).toList()))));
  }

  private static boolean isJoint(DamtlSettings settings) {
    return settings.mode() == DamtlSettings.Mode.JOINT;
  }

  private static TrainingSettings damtlTraining(Preset preset) {
    return preset == Preset.PUBLISHED
        ? TrainingSettings.publishedDamtl()
        : TrainingSettings.tuned();
  }
}
