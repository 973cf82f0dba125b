package dev.twofold.transforms.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CudaTest {
  @TempDir Path folder;

  @Test
  void librariesOnTheLibraryPathAreNotMissing() throws IOException {
    List<String> missing = Cuda.missing("");
    Path first = Files.createDirectory(folder.resolve("first"));
    Path second = Files.createDirectory(folder.resolve("second"));
    Files.createFile(second.resolve("libcudnn.so.9"));
    for (String library : missing) {
      if (!library.equals("libcudnn.so.9")) {
        Files.createFile(first.resolve(library));
      }
    }
    assertThat(Cuda.missing(":" + first + ":")).isSubsetOf("libcudnn.so.9");
    assertThat(Cuda.missing(first + ":" + second)).isEmpty();
  }

  @Test
  void whatStandsInTheWayOfAGpuIsNamed() throws IOException {
    Path jar = folder.resolve("gpu.jar");
    assertThat(Cuda.obstacle(Map.of()))
        .hasValueSatisfying(why -> assertThat(why).contains("TWOFOLD_GPU_NATIVES names no jar"));
    assertThat(Cuda.obstacle(Map.of("TWOFOLD_GPU_NATIVES", jar.toString())))
        .hasValueSatisfying(why -> assertThat(why).contains(jar.toString(), "no file to read"));
    Files.createFile(jar);
    List<String> missing = Cuda.missing("");
    assumeThat(missing).as("a machine without CUDA").isNotEmpty();
    assertThat(Cuda.obstacle(Map.of("TWOFOLD_GPU_NATIVES", jar.toString())))
        .hasValueSatisfying(why -> assertThat(why).contains("library path").contains(missing));
  }

  /** The natives of the tests are for processors: TensorFlow goes on without the GPU. */
  @Test
  void aGpuThatTensorFlowDoesNotSeeIsRefused() {
    assertThatThrownBy(() -> Cuda.require("3"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("GPU 3")
        .hasMessageContaining("workers.devices: cpu");
  }
}
