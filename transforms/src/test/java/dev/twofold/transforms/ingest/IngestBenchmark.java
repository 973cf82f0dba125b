package dev.twofold.transforms.ingest;

import dev.twofold.models.ImageShape;
import dev.twofold.transforms.artifacts.DurableFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Images a second from archive to Parquet: {@code IngestBenchmark SIZE ROUNDS ARCHIVE...}. */
public final class IngestBenchmark {

  private IngestBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    int size = Integer.parseInt(arguments[0]);
    int rounds = Integer.parseInt(arguments[1]);
    for (int i = 2; i < arguments.length; i++) {
      Path archive = Path.of(arguments[i]);
      List<String> rates = new ArrayList<>();
      for (int round = 0; round < rounds; round++) {
        rates.add("%.0f".formatted(imagesPerSecond(archive, size)));
      }
      System.out.printf("%-28s %s images/s%n", archive.getFileName(), String.join(" ", rates));
    }
  }

  private static double imagesPerSecond(Path archive, int size) throws Exception {
    Path workdir = Files.createTempDirectory("ingest-benchmark");
    int threads = Runtime.getRuntime().availableProcessors();
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    try {
      IngestRequest request =
          IngestRequest.of("benchmark", archive, new ImageShape(size, size, 3), workdir).keyed();
      long start = System.nanoTime();
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
      return result.images() / ((System.nanoTime() - start) / 1e9);
    } finally {
      workers.shutdownNow();
      DurableFiles.deleteTree(workdir);
    }
  }
}
