package dev.twofold.transforms.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CanonicalJsonTest {

  @Test
  void keysAreSortedAtEveryDepth() {
    assertThat(CanonicalJson.write(Map.of("b", Map.of("d", 1, "c", 2), "a", List.of("x", true))))
        .isEqualTo("{\"a\":[\"x\",true],\"b\":{\"c\":2,\"d\":1}}");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "1.0, 1",
    "1e0, 1",
    "-0.0, 0",
    "0.30, 0.3",
    "1e-3, 0.001",
    "1.0e-7, 1E-7",
    "0.1234567890123456789, 0.12345678901234568",
    "2e23, 200000000000000000000000",
    "12345678901234567890, 12345678901234567890"
  })
  void equalNumbersHaveOneSpelling(String written, String canonical) throws Exception {
    assertThat(CanonicalJson.write(new ObjectMapper().readTree(written))).isEqualTo(canonical);
  }

  @Test
  void textIsQuoted() {
    assertThat(CanonicalJson.write("a\"b\n")).isEqualTo("\"a\\\"b\\n\"");
  }

  @Test
  void whatIsNoNumberIsRefused() {
    assertThatThrownBy(() -> CanonicalJson.write(List.of(Double.NaN)))
        .hasMessage("Invalid number in canonical JSON: NaN (must be finite)");
  }

  @Test
  void keyIsTheBeginningOfTheSha256() {
    // printf '{"a":1,"b":[0.5,true]}' | sha256sum
    assertThat(StageKey.of("ingest", Map.of("b", List.of(.5, true), "a", 1.0)).hex())
        .isEqualTo("a58600e505decf706d11180451839c53");
  }
}
