package dev.twofold.models.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twofold.models.layers.Weights.Weight;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The literal files are those of NumPy 2.4.6, numpy.savez_compressed. */
class NpzTest {
  /** conv1_1/bias: float32 [1.5, −2]; fc1/kernel: float64 arange(6).reshape(2, 3) / 4. */
  private static final String NUMPY =
      "UEsDBC0AAAAIAAAAIQDWQ0sF//////////8QABQAY29udjFfMS9iaWFzLm5weQEAEACIAAAAAAAAAEsAAAAAAAAAm"
          + "+wX6hsQychQxlCtnpJanFykbqWgbpNmoq6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaRjqaOgq1Ch"
          + "QALgaGA/YMQAIAUEsDBC0AAAAIAAAAIQA0MXjI//////////8OABQAZmMxL2tlcm5lbC5ucHkBABAAsAAAAAA"
          + "AAABXAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQW"
          + "pAL5GkY6CsaaOgq1CmQDLgYUcMEeQj+A0i+g9Aco/cUeAFBLAQItAy0AAAAIAAAAIQDWQ0sFSwAAAIgAAAAQA"
          + "AAAAAAAAAAAAACAAQAAAABjb252MV8xL2JpYXMubnB5UEsBAi0DLQAAAAgAAAAhADQxeMhXAAAAsAAAAA4AAA"
          + "AAAAAAAAAAAIABjQAAAGZjMS9rZXJuZWwubnB5UEsFBgAAAAACAAIAegAAACQBAAAAAA==";

  /** fc1/kernel: asfortranarray of float32 arange(6).reshape(2, 3). */
  private static final String FORTRAN_ORDER =
      "UEsDBC0AAAAIAAAAIQDOLODT//////////8OABQAZmMxL2tlcm5lbC5ucHkBABAAmAAAAAAAAABWAAAAAAAAAJvsF"
          + "+obEMnIUMZQrZ6SWpxcpG6loG6TZqKuo6Cell9UUpSYF59flJIKEg8pKk0FChdnJBakArkaRjoKxpo6CrUK5"
          + "AMuBjBwcGBgaLAHYgcQh4FhgQMAUEsBAi0DLQAAAAgAAAAhAM4s4NNWAAAAmAAAAA4AAAAAAAAAAAAAAIABA"
          + "AAAAGZjMS9rZXJuZWwubnB5UEsFBgAAAAABAAEAPAAAAJYAAAAAAA==";

  /** fc1/bias: array([1, 2]), int64. */
  private static final String INTEGERS =
      "UEsDBC0AAAAIAAAAIQAM/Bzp//////////8MABQAZmMxL2JpYXMubnB5AQAQAJAAAAAAAAAASgAAAAAAAACb7BfqG"
          + "xDJyFDGUK2eklqcXKRupaBuk2mhrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOpo6CrUKFAAu"
          + "RgYIYILSAFBLAQItAy0AAAAIAAAAIQAM/BzpSgAAAJAAAAAMAAAAAAAAAAAAAACAAQAAAABmYzEvYmlhcy5uc"
          + "HlQSwUGAAAAAAEAAQA6AAAAiAAAAAAA";

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = directory.resolve("weights.npz");
  }

  private Path decoded(String base64) throws IOException {
    return Files.write(file, Base64.getDecoder().decode(base64));
  }

  private Path zipped(String entry, byte[] content) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry(entry));
      zip.write(content);
      zip.closeEntry();
    }
    return file;
  }

  @Test
  void readsWhatNumPyWrites() throws IOException {
    Weights weights = Npz.read(decoded(NUMPY));

    assertThat(weights.all().keySet()).containsExactly("conv1_1/bias", "fc1/kernel");
    assertThat(weights.get("conv1_1/bias").shape()).containsExactly(2);
    assertThat(weights.get("conv1_1/bias").values()).containsExactly(1.5f, -2);
    assertThat(weights.get("fc1/kernel").shape()).containsExactly(2, 3);
    assertThat(weights.get("fc1/kernel").values())
        .as("float64, narrowed")
        .containsExactly(0, 0.25f, 0.5f, 0.75f, 1, 1.25f);
  }

  @Test
  void readsWhatItWrites() throws IOException {
    Weights weights = new Weights();
    weights.put("head/bias", new Weight(new long[] {3}, new float[] {1, Float.MIN_VALUE, -0f}));
    weights.put("conv1_1/kernel", new Weight(new long[] {1, 2, 1, 2}, new float[] {1, 2, 3, 4}));
    weights.put("step", new Weight(new long[] {}, new float[] {7}));
    weights.put("nothing", new Weight(new long[] {0, 2}, new float[0]));
    Npz.write(file, weights);

    Weights read = Npz.read(file);

    assertThat(read.all().keySet()).containsExactlyElementsOf(weights.all().keySet());
    for (String name : weights.all().keySet()) {
      assertThat(read.get(name).shape()).as(name).isEqualTo(weights.get(name).shape());
      assertThat(read.get(name).values()).as(name).isEqualTo(weights.get(name).values());
    }
  }

  @Test
  void theBytesDependOnTheArraysAlone() throws IOException {
    Weights weights = new Weights();
    weights.put("b", new Weight(new long[] {2}, new float[] {1, 2}));
    Path other = directory.resolve("other.npz");
    Npz.write(file, weights);
    Npz.write(other, weights);

    assertThat(file).hasSameBinaryContentAs(other);
  }

  /** The format's example: the header ends with a line feed at a multiple of 64 bytes. */
  @Test
  void writesTheFormatsHeader() throws IOException {
    Weights weights = new Weights();
    weights.put("b", new Weight(new long[] {2, 3}, new float[6]));
    Npz.write(file, weights);
    String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    int start = text.indexOf("\u0093NUMPY");

    assertThat(text.substring(start, start + 10)).isEqualTo("\u0093NUMPY\1\0v\0");
    assertThat(text.substring(start + 10, start + 128))
        .isEqualTo(
            "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3,), }" + " ".repeat(57) + "\n");
  }

  @Test
  void refusesFortranOrder() throws IOException {
    Path fortran = decoded(FORTRAN_ORDER);

    assertThatThrownBy(() -> Npz.read(fortran))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "Cannot read weights %s: array fc1/kernel: its header is not of an array in C order: "
                    .formatted(file)
                + "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }");
  }

  @Test
  void refusesOtherTypes() throws IOException {
    Path integers = decoded(INTEGERS);

    assertThatThrownBy(() -> Npz.read(integers))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "Cannot read weights %s: array fc1/bias: its type is <i8 (must be <f4 or <f8)"
                .formatted(file));
  }

  @Test
  void refusesWhatIsNoArray() throws IOException {
    Path text = zipped("readme.txt", "These are the weights.".getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> Npz.read(text))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "Cannot read weights %s: array readme.txt: it is not an .npy array".formatted(file));
  }

  @Test
  void refusesWhatIsNoZip() throws IOException {
    Files.writeString(file, "no zip");

    assertThatThrownBy(() -> Npz.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("Cannot read weights %s: ".formatted(file));
  }

  @Test
  void refusesAnArrayThatIsCutOff() throws IOException {
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3,), }\n";
    byte[] cut = ("\u0093NUMPY\1\0=\0" + header + "1234").getBytes(StandardCharsets.ISO_8859_1);

    for (byte[] content : List.of(cut, Arrays.copyOf(cut, 30))) {
      Path truncated = zipped("b.npy", content);
      assertThatThrownBy(() -> Npz.read(truncated))
          .isInstanceOf(IOException.class)
          .hasMessage("Cannot read weights %s: array b: it is cut off".formatted(file));
    }
  }
}
