package dev.twofold.pipelines.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ComparisonPrinterTest {

  @Test
  void sidesAreNamedAsColumnsOfASpreadsheet() {
    assertThat(IntStream.of(0, 25, 26, 27, 701, 702).mapToObj(ComparisonPrinter::letter))
        .containsExactly("A", "Z", "AA", "AB", "ZZ", "AAA");
  }
}
