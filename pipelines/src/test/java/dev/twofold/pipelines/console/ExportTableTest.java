package dev.twofold.pipelines.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.transforms.evaluation.ExportResult;
import dev.twofold.transforms.evaluation.ExportResult.Layer;
import dev.twofold.transforms.evaluation.ExportResult.Measured;
import dev.twofold.transforms.evaluation.ExportResult.Size;
import dev.twofold.transforms.evaluation.ExportResult.TaskModel;
import dev.twofold.transforms.training.ModelRequest.Export.Form;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExportTableTest {

  @Test
  void showsTheTrainedBesideTheExported() {
    ExportResult result =
        new ExportResult(
            Form.PRUNED,
            List.of(
                new TaskModel(
                    "grey",
                    "grey",
                    "serving_default",
                    12,
                    12,
                    1,
                    "stretch",
                    List.of("a", "b"),
                    new Measured(.75, 56_008, 1000.4),
                    new Measured(.75, 3_568, 2000.6),
                    1.5e-7)),
            new Size(54_035, 10_966),
            new Size(13_329, 797),
            List.of(
                new Layer(List.of("grey"), "conv1_1", 8, 8),
                new Layer(List.of("grey"), "conv2_1", 3, 16)));

    assertThat(ExportTable.of(result))
        .isEqualTo(
            """
                                                               trained        exported
            bytes                                               54,035          13,329
            parameters                                          10,966             797
            grey multiply-adds                                  56,008           3,568
            grey accuracy                                        0.750           0.750
            grey images/s                                        1,000           2,001
            grey largest difference                                            1.5e-07
            grey conv2_1: 3 of 16 kernels
            """);
  }

  /** As of the settings of the preset. */
  @Test
  void saysWhereNothingIsPruned() {
    Size same = new Size(54_035, 10_966);
    assertThat(ExportTable.of(new ExportResult(Form.PRUNED, List.of(), same, same, List.of())))
        .endsWith("No channel could go: nothing was pruned (lambda1 presses on masks)\n");
    assertThat(ExportTable.of(new ExportResult(Form.MERGED, List.of(), same, same, List.of())))
        .doesNotContain("pruned");
  }
}
