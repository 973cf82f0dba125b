package dev.twofold.pipelines.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.pipelines.report.Curves.Point;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CurveReaderTest {

  @TempDir Path folder;

  @Test
  void theFirstValueOfAMetricAtAStepCounts() throws IOException {
    Path log =
        log(
            "a.jsonl",
            """
            {"event":"metric","name":"loss/amazon","value":1.5,"step":2,"time":1}
            {"event":"metric","name":"loss/amazon","value":2.5,"step":1,"time":2}
            {"event":"metric","name":"loss/amazon","value":9.0,"step":2,"time":3}
            {"event":"progress","step":3,"loss":7.0}
            """);
    Path later =
        log("b.jsonl", "{\"event\":\"metric\",\"name\":\"loss/amazon\",\"value\":8,\"step\":1}\n");

    assertThat(CurveReader.read(List.of(log, later)).byName())
        .containsOnlyKeys("loss/amazon")
        .containsEntry("loss/amazon", List.of(new Point(1, 2.5), new Point(2, 1.5)));
  }

  @Test
  void aLastLineWithoutItsNewlineIsNotThereYet() throws IOException {
    Path log =
        log(
            "a.jsonl",
            "{\"event\":\"metric\",\"name\":\"a\",\"value\":1,\"step\":1}\n"
                + "{\"event\":\"metric\",\"name\":\"a\",\"value\":2,\"step\":2}");

    assertThat(CurveReader.read(List.of(log)).points("a")).containsExactly(new Point(1, 1));
  }

  @Test
  void readsValuesThatAreNotFinite() throws IOException {
    Path log =
        log(
            "a.jsonl",
            """
            {"event":"metric","name":"a","value":"NaN","step":1}
            {"event":"metric","name":"a","value":"-Infinity","step":2}
            """);

    assertThat(CurveReader.read(List.of(log)).points("a"))
        .containsExactly(new Point(1, Double.NaN), new Point(2, Double.NEGATIVE_INFINITY));
  }

  @Test
  void aLogThatDoesNotExistIsEmpty() throws IOException {
    assertThat(CurveReader.read(List.of(folder.resolve("none.jsonl"))).byName()).isEmpty();
  }

  @Test
  void aLineThatIsNoEventIsSkippedAndTheRestRead() throws IOException {
    Path log =
        log(
            "a.jsonl",
            """
            {"event":"metric","name":"a","value":1,"step":1}
            {"event":"metric","name":"a","val
            {"event":"metric","name":"a","step":2}
            {"event":"metric","name":"a","value":3,"step":3}
            """);

    assertThat(CurveReader.read(List.of(log)).points("a"))
        .containsExactly(new Point(1, 1), new Point(3, 3));
  }

  private Path log(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }
}
