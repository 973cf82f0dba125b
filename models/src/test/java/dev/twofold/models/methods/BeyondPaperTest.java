package dev.twofold.models.methods;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BeyondPaperTest {

  @Test
  void thePublishedPresetIsThePapers() {
    assertThat(Methods.ALL)
        .extracting(type -> type.settings().apply(Preset.PUBLISHED))
        .filteredOn(BeyondPaper.class::isInstance)
        .hasSize(2)
        .allSatisfy(settings -> assertThat(((BeyondPaper) settings).beyondPaper()).isEmpty());
  }

  @Test
  void theTunedPresetSaysWhatIsOurs() {
    assertThat(MtalSettings.preset(Preset.TUNED).beyondPaper()).isEqualTo(List.of("pick: mutual"));
    assertThat(DamtlSettings.preset(Preset.TUNED).beyondPaper())
        .isEqualTo(List.of("maskStep: rms"));
  }
}
