package dev.twofold.transforms.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevicesTest {
  private static final List<String> GPUS = List.of("0", "1");

  /** A lease that has to wait looks twice a second. */
  private static final long LOOKS = 1500;

  @TempDir Path folder;

  private CompletableFuture<Devices.Lease> waiting(List<String> gpus) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return Devices.lease(gpus, 1, folder);
          } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static void assertWaits(CompletableFuture<Devices.Lease> lease) {
    assertThatThrownBy(() -> lease.get(LOOKS, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
  }

  @Test
  void aGpuHasOneProcessAndTheThirdWaits() throws Exception {
    Devices.Lease first = Devices.lease(GPUS, 1, folder);
    Devices.Lease second = Devices.lease(GPUS, 1, folder);
    assertThat(List.of(first.visible(), second.visible())).isEqualTo(GPUS);

    CompletableFuture<Devices.Lease> third = waiting(GPUS);
    assertWaits(third);
    second.close();
    try (first;
        Devices.Lease lease = third.get(LOOKS, TimeUnit.MILLISECONDS)) {
      assertThat(lease.visible()).isEqualTo("1");
    }
  }

  @Test
  void aGpuWithPlacesIsSharedOnceAllHaveAProcess() throws Exception {
    List<Devices.Lease> leases = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        leases.add(Devices.lease(GPUS, 2, folder));
      }
      assertThat(leases).extracting(Devices.Lease::visible).containsExactly("0", "1", "0", "1");
      CompletableFuture<Devices.Lease> fifth = waiting(GPUS);
      assertWaits(fifth);
      leases.remove(0).close();
      leases.add(fifth.get(LOOKS, TimeUnit.MILLISECONDS));
      assertThat(leases.get(3).visible()).isEqualTo("0");
    } finally {
      leases.forEach(Devices.Lease::close);
    }
  }

  /** The folder is everybody's, who could lead a user's own file through it. */
  @Test
  void aLinkInTheSharedFolderIsNotFollowed() throws Exception {
    Path own = Files.writeString(folder.resolve("own"), "mine");
    Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rw-------"));
    Path shared = Files.createDirectory(folder.resolve("shared"));
    Files.createSymbolicLink(shared.resolve("gpu-0.lock"), own);

    assertThatThrownBy(() -> Devices.lease(List.of("0"), 1, shared))
        .isInstanceOf(IOException.class);
    assertThat(Files.getPosixFilePermissions(own))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void aGpuThatIsAskedForAndCannotBeUsedIsRefused() {
    assertThatThrownBy(() -> Devices.usable("gpu", List.of(), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Invalid workers.devices: gpu")
        .hasMessageContaining("nvidia-smi lists no GPU");
    assertThatThrownBy(() -> Devices.usable("auto", GPUS, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Invalid workers.devices: auto")
        .hasMessageContaining("TWOFOLD_GPU_NATIVES");
    assertThat(Devices.usable("auto", List.of(), Map.of())).isEmpty();
  }

  @Test
  void theCallersChoiceOfGpusStands() {
    List<String> driver = List.of("0, GPU-1a2b-3c", "1, GPU-77ff-00", "10, GPU-1a9e-5d", "");
    assertThat(Devices.visible(driver, Map.of()))
        .containsExactly("0, GPU-1a2b-3c", "1, GPU-77ff-00", "10, GPU-1a9e-5d");
    assertThat(visible(driver, "1, 0")).containsExactly("0, GPU-1a2b-3c", "1, GPU-77ff-00");
    assertThat(visible(driver, "GPU-1a9e-5d,GPU-77"))
        .containsExactly("1, GPU-77ff-00", "10, GPU-1a9e-5d");
    assertThat(visible(driver, "")).isEmpty();
    assertThat(visible(driver, "-1")).isEmpty();
    assertThat(visible(List.of(), "7")).isEmpty();
    assertThatThrownBy(() -> visible(driver, "7"))
        .hasMessageContaining("Invalid CUDA_VISIBLE_DEVICES: 7 on ")
        .hasMessageContaining("(must be a number or UUID that nvidia-smi lists, -1 for none");

    assertThatThrownBy(() -> Devices.usable("gpu", List.of(), Map.of("CUDA_VISIBLE_DEVICES", "7")))
        .hasMessageContaining("nvidia-smi lists no GPU of CUDA_VISIBLE_DEVICES=7");
  }

  private static List<String> visible(List<String> driver, String choice) {
    return Devices.visible(driver, Map.of("CUDA_VISIBLE_DEVICES", choice));
  }

  @Test
  void nativesWithoutAGpuAreSpokenOf() {
    assertThat(Devices.absent(Map.of())).isEmpty();
    assertThat(Devices.absent(Map.of("TWOFOLD_GPU_NATIVES", "gpu.jar")))
        .contains("TWOFOLD_GPU_NATIVES is set, and nvidia-smi lists no GPU");
  }

  @Test
  void aProcessorNeedsNoDriver() throws Exception {
    try (Devices.Lease lease = Devices.lease(DeviceChoice.CPU)) {
      assertThat(lease.visible()).isEqualTo("-1");
      assertThat(lease.isGpu()).isFalse();
    }
  }

  /** Also after this process has looked at the lock, and until it dies. */
  @Test
  void anotherProcessKeepsItsGpu() throws Exception {
    Process other = holder();
    try {
      assertThat(other.getInputStream().read()).isEqualTo('0');
      try (Devices.Lease free = Devices.lease(GPUS, 1, folder)) {
        assertThat(free.visible()).isEqualTo("1");
        CompletableFuture<Devices.Lease> waiting = waiting(GPUS);
        assertWaits(waiting);
        other.destroyForcibly().waitFor();
        try (Devices.Lease lease = waiting.get(LOOKS, TimeUnit.MILLISECONDS)) {
          assertThat(lease.visible()).isEqualTo("0");
        }
      }
    } finally {
      other.destroyForcibly();
    }
  }

  private Process holder() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Holder.class.getName(),
            folder.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Leases a GPU, says which, and keeps it until it is killed. */
  static final class Holder {
    public static void main(String[] arguments) throws IOException, InterruptedException {
      Devices.Lease lease = Devices.lease(GPUS, 1, Path.of(arguments[0]));
      System.out.write(lease.visible().getBytes(StandardCharsets.UTF_8));
      System.out.flush();
      Thread.sleep(TimeUnit.MINUTES.toMillis(5));
      lease.close();
    }
  }
}
