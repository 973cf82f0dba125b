package dev.twofold.pipelines.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.twofold.pipelines.doctor.Check.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {

  private static final List<String> GPU = List.of("0, GPU-1a2b-3c, NVIDIA H200, 143771 MiB");

  @TempDir Path folder;

  @Test
  void aMachineThatRunsThisTestHasWhatARunNeeds() {
    Diagnosis diagnosis = new Doctor(folder, Map.of()).examine();

    assertThat(diagnosis.checks().stream().map(Check::name))
        .containsExactly(
            "java",
            "tensorflow",
            "processor",
            "memory",
            "gpu",
            "fonts",
            "python",
            "tracking port",
            "workdir",
            "home",
            "disk",
            "data");
    assertThat(check(diagnosis, "java"))
        .isEqualTo(
            Check.ok(
                "java",
                System.getProperty("java.version") + ", " + System.getProperty("java.vm.name")));
    assertThat(check(diagnosis, "processor").detail())
        .startsWith(Runtime.getRuntime().availableProcessors() + " core");
    assertThat(check(diagnosis, "workdir")).isEqualTo(Check.ok("workdir", folder.toString()));
    assertThat(check(diagnosis, "memory").detail()).matches("\\d+\\.\\d GB");
    assertThat(check(diagnosis, "disk").detail()).matches("\\d+\\.\\d GB free");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aGpuThatCannotBeTrainedOnIsAWarning() {
    Check check = Doctor.gpu(GPU, Map.of());

    assertThat(check.status()).isEqualTo(Status.WARN);
    assertThat(check.detail()).contains("NVIDIA H200", "not used", "TWOFOLD_GPU_NATIVES");
  }

  @Test
  void aGpuThatTheCallerDoesNotLeaveIsNone() {
    assertThat(Doctor.gpu(GPU, Map.of("CUDA_VISIBLE_DEVICES", "-1")))
        .isEqualTo(Check.ok("gpu", "none: training runs on the processor"));
    Check wrong = Doctor.gpu(GPU, Map.of("CUDA_VISIBLE_DEVICES", "3"));
    assertThat(wrong.status()).isEqualTo(Status.FAIL);
    assertThat(wrong.detail()).contains("Invalid CUDA_VISIBLE_DEVICES: 3");
    Check natives = Doctor.gpu(List.of(), Map.of("TWOFOLD_GPU_NATIVES", "gpu.jar"));
    assertThat(natives.status()).isEqualTo(Status.WARN);
    assertThat(natives.detail()).contains("TWOFOLD_GPU_NATIVES", "nvidia-smi lists no GPU");
  }

  @Test
  void aPythonThatMakesEnvironmentsIsLookedFor() throws IOException {
    assertThat(check(examine(Map.of("TWOFOLD_PYTHON", "/nowhere/python3")), "python").status())
        .isEqualTo(Status.WARN);
    script("python3", "exit 1"); // without venv
    Path python = script("python3.11", "echo 3.11.2");
    assertThat(check(examine(Map.of("PATH", folder.toString())), "python"))
        .isEqualTo(Check.ok("python", "3.11.2 with venv, " + python));
  }

  @Test
  void thePythonIsNamedThatTheServerIsInstalledWith() throws IOException {
    script("python3", "echo 3.14.1"); // which its packages have not been tried on
    Path tried = script("python3.12", "echo 'a warning' >&2; echo 3.12.3");
    assertThat(check(examine(Map.of("PATH", folder.toString())), "python"))
        .isEqualTo(Check.ok("python", "3.12.3 with venv, " + tried));
  }

  private Path script(String name, String text) throws IOException {
    Path script = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + text + "\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    return script;
  }

  @Test
  void aTakenPortIsAWarning() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Check check =
          check(examine(Map.of("TWOFOLD_MLFLOW_PORT", "" + taken.getLocalPort())), "tracking port");

      assertThat(check.status()).isEqualTo(Status.WARN);
      assertThat(check.detail()).isEqualTo(taken.getLocalPort() + " is taken");
    }
  }

  @Test
  void aPortThatThereIsNotFails() {
    Check check = check(examine(Map.of("TWOFOLD_MLFLOW_PORT", "70000")), "tracking port");

    assertThat(check.status()).isEqualTo(Status.FAIL);
    assertThat(check.detail())
        .isEqualTo("Invalid TWOFOLD_MLFLOW_PORT: 70000 (must be from 1 to 65535)");
  }

  @Test
  void aWorkdirThatIsAFileFails() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");

    Diagnosis diagnosis = new Doctor(file, Map.of()).examine();

    assertThat(diagnosis.healthy()).isFalse();
    assertThat(check(diagnosis, "workdir").detail()).isEqualTo(file + " is not a folder");
  }

  /** Where every process would fail that unpacks TensorFlow. */
  @Test
  void aHomeThatCannotBeMadeFails() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");

    Check home = check(examine(Map.of("TWOFOLD_HOME", file.toString())), "home");

    assertThat(home)
        .isEqualTo(
            Check.fail("home", file + " is not a folder", "Name another folder in TWOFOLD_HOME."));
  }

  @Test
  void dataThatAreNamedMustBeThere() {
    Path absent = folder.resolve("absent");

    assertThat(check(examine(Map.of("TWOFOLD_DATA", absent.toString())), "data").status())
        .isEqualTo(Status.FAIL);
    assertThat(check(examine(Map.of("TWOFOLD_DATA", folder.toString())), "data"))
        .isEqualTo(Check.ok("data", "TWOFOLD_DATA = " + folder));
    assertThat(check(examine(Map.of()), "data").status()).isEqualTo(Status.OK);
  }

  @Test
  void readsTheFlagsThatMatter() {
    assertThat(Doctor.relevantFlags("flags\t\t: fpu avx avx2 avx512f avx512vl amx_bf16 sse"))
        .containsExactly("avx", "avx2", "avx512", "bf16");
    assertThat(Doctor.relevantFlags("flags\t\t: fpu sse")).isEmpty();
  }

  @Test
  void printsAsTextAndAsJson() throws IOException {
    Diagnosis diagnosis =
        new Diagnosis(List.of(Check.ok("java", "17"), Check.fail("workdir", "full", "Empty it.")));

    assertThat(diagnosis.healthy()).isFalse();
    assertThat(diagnosis.text())
        .isEqualTo("ok    java     17\nfail  workdir  full\n               → Empty it.\n");
    JsonNode json = new ObjectMapper().readTree(diagnosis.json());
    assertThat(json).hasSize(2);
    assertThat(json.get(1).toString())
        .isEqualTo(
            "{\"name\":\"workdir\",\"status\":\"fail\",\"detail\":\"full\",\"remedy\":\"Empty it.\"}");
  }

  private Diagnosis examine(Map<String, String> environment) {
    return new Doctor(folder, environment).examine();
  }

  private static Check check(Diagnosis diagnosis, String name) {
    return diagnosis.checks().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
  }
}
