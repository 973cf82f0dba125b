package dev.twofold.models.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackboneSettingsTest {

  private static BackboneSettings named(String name) {
    return new BackboneSettings(name, null, null, false);
  }

  private static BackboneSettings vgg(String... layers) {
    return new BackboneSettings(null, List.of(layers), null, false);
  }

  /** Simonyan and Zisserman's Table 1 counts the three fully connected layers as well. */
  @ParameterizedTest
  @CsvSource({"vgg11, 8", "vgg13, 10", "vgg16, 13", "vgg19, 16"})
  void aVggHasItsNumberOfConvolutionsAndFivePoolings(String name, int convolutions) {
    List<Integer> layers = named(name).layers();

    assertThat(layers.stream().filter(layer -> layer != Vgg.POOL)).hasSize(convolutions);
    assertThat(layers.stream().filter(layer -> layer == Vgg.POOL)).hasSize(5);
  }

  @Test
  void vgg16IsConfigurationD() {
    int m = Vgg.POOL;

    assertThat(named("vgg16").layers())
        .containsExactly(
            64, 64, m, 128, 128, m, 256, 256, 256, m, 512, 512, 512, m, 512, 512, 512, m);
  }

  @Test
  void theDefaultIsTheFiveBlockNetwork() {
    BackboneSettings settings = new BackboneSettings(null, null, null, false);

    assertThat(settings.layers()).containsExactly(64, 0, 128, 0, 256, 0, 512, 0, 512, 0);
    assertThat(settings.fullyConnected()).containsExactly(256, 256);
  }

  @Test
  void convolutionsAreNamedByBlockAndPlace() {
    Backbone backbone = new Backbone(vgg("8", "16", "M", "4"), 3, Optional.empty());

    assertThat(backbone.convolutions())
        .containsExactly(
            new Convolution("conv1_1", 3, 8),
            new Convolution("conv1_2", 8, 16),
            new Convolution("conv2_1", 16, 4));
  }

  @Test
  void refusesBothNameAndLayers() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BackboneSettings("vgg16", List.of("8"), null, false))
        .withMessage("Invalid backbone: both name vgg16 and vgg [8] (must be one of them)");
  }

  @Test
  void refusesAnUnknownName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> named("vgg12"))
        .withMessage(
            "Invalid backbone.name: vgg12 (must be one of resnet18, resnet34, resnet50, vgg11, vgg13, vgg16, vgg19)");
  }

  @ParameterizedTest
  @CsvSource({"m", "0", "-1", "8.5", "100000", "''"})
  void refusesALayerThatIsNoNumberOfChannels(String layer) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> vgg("8", layer))
        .withMessage(
            "Invalid layer %s in backbone.vgg: [8, %s] (must be a number of channels, or M for max pooling)"
                .formatted(layer, layer));
  }

  @Test
  void refusesANetworkWithoutConvolutions() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> vgg("M", "M"))
        .withMessage("Invalid backbone.vgg: [M, M] (must have at least one convolution)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> vgg())
        .withMessage("Invalid backbone.vgg: [] (must have at least one convolution)");
  }

  @Test
  void aResNetHasBatchNormAndAVggHasItWhereSet() {
    assertThat(new BackboneSettings("resnet18", null, null, null).batchNorm()).isTrue();
    assertThat(new BackboneSettings("resnet18", null, null, true).batchNorm()).isTrue();
    assertThat(new BackboneSettings("vgg16", null, null, null).batchNorm()).isFalse();
    assertThat(new BackboneSettings("vgg16", null, null, true).batchNorm()).isTrue();
  }

  @Test
  void refusesAResNetWithoutBatchNorm() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> named("resnet34"))
        .withMessage(
            "Invalid backbone.batchNorm: false (must be true for resnet34, whose blocks are defined with it)");
  }

  @Test
  void aResNetBeginsWithTheSmallStemUpTo64Pixels() {
    BackboneSettings settings = new BackboneSettings("resnet18", null, null, null);

    assertThat(settings.stem()).isEqualTo(Stem.SMALL);
    assertThat(settings.forImagesOf(64).stem()).isEqualTo(Stem.SMALL);
    assertThat(settings.forImagesOf(65).stem()).isEqualTo(Stem.LARGE);
    assertThat(settings.forImagesOf(224).forImagesOf(32).stem()).isEqualTo(Stem.SMALL);
    assertThat(named("vgg16").forImagesOf(224)).isEqualTo(named("vgg16"));
  }

  @Test
  void refusesAStemOfAVgg() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BackboneSettings(null, List.of("8"), null, null, Stem.LARGE))
        .withMessage("Invalid backbone.stem: large (must be left out for a VGG, which has none)");
  }

  @Test
  void refusesFullyConnectedLayersWithoutWidth() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BackboneSettings(null, null, List.of(16, 0), false))
        .withMessage("Invalid backbone.fullyConnected: [16, 0] (must be positive)");
  }
}
