package dev.twofold.transforms.ingest;

import com.sun.management.OperatingSystemMXBean;
import dev.twofold.models.ImageShape;
import dev.twofold.transforms.artifacts.DurableFiles;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Images a second from archive to Parquet: {@code IngestBenchmark SIZE ROUNDS ARCHIVE...}.
 *
 * <p>In brackets what the processor time alone would allow on all cores, which is what remains
 * comparable on a machine that is busy with something else.
 */
public final class IngestBenchmark {

  private IngestBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    int size = Integer.parseInt(arguments[0]);
    int rounds = Integer.parseInt(arguments[1]);
    for (int i = 2; i < arguments.length; i++) {
      Path archive = Path.of(arguments[i]);
      List<String> rates = new ArrayList<>();
      for (int round = 0; round < rounds; round++) {
        rates.add(imagesPerSecond(archive, size));
      }
      System.out.printf("%-28s %s images/s%n", archive.getFileName(), String.join(" ", rates));
    }
  }

  private static String imagesPerSecond(Path archive, int size) throws Exception {
    Path workdir = Files.createTempDirectory("ingest-benchmark");
    int threads = Runtime.getRuntime().availableProcessors();
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    try {
      IngestRequest request =
          IngestRequest.of("benchmark", archive, new ImageShape(size, size, 3), workdir).keyed();
      long start = System.nanoTime();
      long startCpu = processorNanos();
      IngestAttempt attempt = Ingestion.begin(request);
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        running.add(
            workers.submit(
                () -> {
                  Ingestion.work(attempt);
                  return null;
                }));
      }
      for (Future<?> worker : running) {
        worker.get();
      }
      IngestResult result = Ingestion.commit(attempt);
      double seconds = (System.nanoTime() - start) / 1e9;
      double processorSeconds = (processorNanos() - startCpu) / 1e9;
      return "%.0f (%.0f)"
          .formatted(result.images() / seconds, result.images() * threads / processorSeconds);
    } finally {
      workers.shutdownNow();
      DurableFiles.deleteTree(workdir);
    }
  }

  private static long processorNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
