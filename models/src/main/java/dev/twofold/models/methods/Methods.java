package dev.twofold.models.methods;

import dev.twofold.models.training.Start;
import dev.twofold.models.training.TrainingSettings;
import java.util.List;

/** The registry. A method is added here with one line. */
public final class Methods {

  private static final Start AUXILIARY =
      new Start(Start.From.AUXILIARY, Start.ScratchSeed.PER_TASK, Start.HeadStart.RANDOM, null);

  public static final List<MethodType<?>> ALL =
      List.of(
          new MethodType<>(
              "single-task",
              NoSettings.class,
              preset -> new NoSettings(),
              Methods::baseline,
              preset -> AUXILIARY,
              settings -> new SingleTask(),
              settings -> false),
          new MethodType<>(
              "multi-task",
              NoSettings.class,
              preset -> new NoSettings(),
              Methods::baseline,
              preset -> AUXILIARY,
              settings -> new MultiTask(),
              settings -> true),
          new MethodType<>(
              "mtal",
              MtalSettings.class,
              MtalSettings::preset,
              Methods::baseline,
              preset -> AUXILIARY,
              Mtal::new,
              settings -> true),
          new MethodType<>(
              "damtl",
              DamtlSettings.class,
              DamtlSettings::preset,
              preset ->
                  preset == Preset.PUBLISHED
                      ? TrainingSettings.publishedDamtl()
                      : TrainingSettings.tuned(),
              preset -> AUXILIARY,
              Damtl::new,
              settings -> settings.mode() == DamtlSettings.Mode.JOINT),
          new MethodType<>(
              "cross-stitch",
              CrossStitchSettings.class,
              CrossStitchSettings::preset,
              Methods::baseline,
              preset -> AUXILIARY,
              CrossStitch::new,
              settings -> true),
          new MethodType<>(
              "nddr-cnn",
              NddrCnnSettings.class,
              NddrCnnSettings::preset,
              Methods::baseline,
              preset -> AUXILIARY,
              NddrCnn::new,
              settings -> true,
              "with batch norm"),
          MethodType.closedForm(
              "mtda",
              MtdaSettings.class,
              MtdaSettings::preset,
              Mtda::new,
              settings -> settings.sharing() == MtdaSettings.Sharing.JOINT,
              "reconstruction"));

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

  private static TrainingSettings baseline(Preset preset) {
    return preset == Preset.PUBLISHED ? TrainingSettings.publishedMtal() : TrainingSettings.tuned();
  }
}
