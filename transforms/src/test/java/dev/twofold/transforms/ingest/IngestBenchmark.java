package dev.twofold.transforms.ingest;

import com.sun.management.OperatingSystemMXBean;
import dev.twofold.models.ImageShape;
import dev.twofold.transforms.IngestImages;
import dev.twofold.transforms.JsonCoder;
import dev.twofold.transforms.TestIngestion;
import dev.twofold.transforms.TestRequests;
import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.artifacts.Manifest;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;

/**
 * Images a second from archive to Parquet: {@code IngestBenchmark SIZE ROUNDS RUNNER ARCHIVE...},
 * where RUNNER is {@code plain} (threads, no Beam) or the name of a Beam runner.
 *
 * <p>A runner's start is not counted. In brackets what the processor time alone would allow on all
 * cores, which is what remains comparable on a machine that is busy with something else.
 */
public final class IngestBenchmark {
  private static final int THREADS = Runtime.getRuntime().availableProcessors();

  private IngestBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    int size = Integer.parseInt(arguments[0]);
    int rounds = Integer.parseInt(arguments[1]);
    String runner = arguments[2];
    for (int i = 3; i < arguments.length; i++) {
      Path archive = Path.of(arguments[i]);
      System.out.printf("%-28s", archive.getFileName());
      for (int round = 0; round < rounds; round++) {
        System.out.print(" " + measure(archive, size, runner));
      }
      System.out.println(" images/s");
    }
  }

  private static String measure(Path archive, int size, String runner) throws Exception {
    Path workdir = Files.createTempDirectory("ingest-benchmark");
    try {
      IngestRequest request =
          TestRequests.keyed(
              TestRequests.of("benchmark", archive, new ImageShape(size, size, 3), workdir));
      if (!runner.equals("plain")) {
        return "%.0f".formatted(onRunner(runner, request));
      }
      long startCpu = processorNanos();
      IngestResult result = onThreads(request);
      double processorSeconds = (processorNanos() - startCpu) / 1e9;
      return "%.0f (%.0f)"
          .formatted(
              result.images() / result.seconds(), result.images() * THREADS / processorSeconds);
    } finally {
      DurableFiles.deleteTree(workdir);
    }
  }

  private static IngestResult onThreads(IngestRequest request) throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(THREADS);
    try {
      IngestAttempt attempt = Ingestion.begin(request);
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        running.add(
            workers.submit(
                () -> {
                  TestIngestion.work(attempt);
                  return null;
                }));
      }
      for (Future<?> worker : running) {
        worker.get();
      }
      return TestIngestion.commit(attempt);
    } finally {
      workers.shutdownNow();
    }
  }

  /** From the listing to the manifest. */
  private static double onRunner(String runner, IngestRequest request) {
    Pipeline pipeline =
        Pipeline.create(PipelineOptionsFactory.fromArgs("--runner=" + runner).create());
    pipeline
        .apply("Requests", Create.of(request).withCoder(JsonCoder.of(IngestRequest.class)))
        .apply("Ingest images", new IngestImages(4 * THREADS));
    pipeline.run().waitUntilFinish();
    Manifest manifest = request.store().find(request.stageKey()).orElseThrow();
    Path dataset = request.store().directory(request.stageKey());
    long milliseconds = manifest.created() - manifest.context().get("started").longValue();
    return DatasetSummary.read(dataset).images() * 1000.0 / milliseconds;
  }

  private static long processorNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
