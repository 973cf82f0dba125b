package dev.twofold.pipelines.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.pipelines.report.Curves.Point;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharingFigureTest {

  @TempDir Path folder;

  @Test
  void drawsAColumnALayer() throws IOException {
    Curves curves =
        new Curves(
            Map.of(
                "sharing/conv1", List.of(new Point(1, .8)),
                "sharing/conv2", List.of(new Point(1, .5)),
                "sharing/twin/conv1", List.of(new Point(1, .6)),
                "sharing/total", List.of(new Point(1, .6))));
    Path file = folder.resolve("figures/sharing.png");

    assertThat(SharingFigure.write(curves, "sharing", List.of("amazon"), file)).isTrue();
    assertThat(ImageIO.read(file.toFile()).getWidth()).isEqualTo(220 + 2 * 62);
  }

  @Test
  void writesNothingWhereNoLayerShares() throws IOException {
    Path file = folder.resolve("sharing.png");

    assertThat(SharingFigure.write(Curves.none(), "sharing", List.of(), file)).isFalse();
    assertThat(file).doesNotExist();
  }

  @Test
  void readsNamesOfLayersTasksAndQualifiersInAnyOrder() {
    List<String> tasks = List.of("amazon");

    assertThat(ShareName.parse("twin_cosine/stage1/conv1", tasks))
        .contains(new ShareName("sharing", "twin cosine", "stage1/conv1"));
    assertThat(ShareName.parse("sparsity_start_correlation/amazon/stage1/conv1", tasks))
        .contains(new ShareName("mask", "amazon, correlation with the start", "stage1/conv1"));
    assertThat(ShareName.parse("sparsity/conv1/amazon", tasks))
        .contains(new ShareName("sparsity", "amazon", "conv1"));
    assertThat(ShareName.parse("sparsity/amazon/stage1/conv1", tasks))
        .contains(new ShareName("sparsity", "amazon", "stage1/conv1"));
    assertThat(ShareName.parse("sharing/twin/total", tasks))
        .contains(new ShareName("sharing", "twin", ""));
    assertThat(ShareName.parse("compression/conv1", tasks))
        .contains(new ShareName("compression", "", "conv1"));
    assertThat(ShareName.parse("compression", tasks))
        .contains(new ShareName("compression", "", ""));
    assertThat(ShareName.parse("loss/amazon", tasks)).isEmpty();
  }
}
