package dev.twofold.transforms.training;

import com.fasterxml.jackson.core.JacksonException;
import dev.twofold.models.training.DivergedException;
import dev.twofold.transforms.artifacts.ArtifactLock;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.FileTrouble;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.evaluation.ImagePrediction;
import dev.twofold.transforms.evaluation.TrialEvaluation;
import dev.twofold.transforms.evaluation.TrialExport;
import dev.twofold.transforms.sources.DataRefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.tensorflow.exceptions.TFResourceExhaustedException;

/**
 * The child process in which a model runs: {@code ModelProcess request.json}. TensorFlow never
 * loads in a worker of Flink, which it would abort on the second job's class loader.
 *
 * <p>Standard output carries one event a line, {@link Pulse} among them: a process that prints none
 * for long is taken to hang. Standard error carries the log. Standard input is held open by the
 * parent: when it closes, a training saves a checkpoint, all else leaves nothing unfinished, and
 * the process ends, so none outlives a killed worker for long.
 *
 * <p>Exit codes: 0 done, 10 bad request, 11 data, 12 diverged, 13 out of memory, 143 cancelled.
 */
public final class ModelProcess {

  /** The leased GPU's number; -1 for none. */
  static final String GPU = "CUDA_VISIBLE_DEVICES";

  /**
   * A cancelled process that is there so long after hangs, in native code perhaps: without a parent
   * nobody else would end it.
   */
  private static final long FAREWELL_MINUTES = 10;

  private static final AtomicBoolean CANCELLED = new AtomicBoolean();

  private ModelProcess() {}

  public static void main(String[] arguments) {
    Locale.setDefault(Locale.ROOT); // or variables, metrics and files had the locale's digits
    // The natives print to standard output; events alone may go there.
    PrintStream events = System.out;
    System.setOut(System.err);
    Pulse.start(events);
    System.exit(run(arguments, events));
  }

  private static int run(String[] arguments, PrintStream events) {
    try {
      ModelRequest request =
          TrainingJson.MAPPER.readValue(
              Files.readAllBytes(Path.of(arguments[0])), ModelRequest.class);
      endWithTheParent();
      if (device().equals("gpu")) {
        Cuda.require(System.getenv(GPU));
      }
      return runInMemory(request, events);
    } catch (DivergedException e) {
      return fail(ExitCodes.DIVERGED, e.getMessage());
    } catch (DataRefusedException e) {
      return fail(ExitCodes.DATA, e.getMessage());
    } catch (IllegalArgumentException | JacksonException e) {
      return fail(ExitCodes.BAD_REQUEST, e.getMessage());
    } catch (IOException | RuntimeException e) {
      e.printStackTrace();
      return fail(1, reason(e));
    }
  }

  /** An exception of files says it all, and so does one that was given a message of its own. */
  static String reason(Exception e) {
    return FileTrouble.text(e)
        .orElseGet(() -> e instanceof UncheckedIOException ? e.getMessage() : e.toString());
  }

  private static int runInMemory(ModelRequest request, PrintStream events) throws IOException {
    try {
      return run(request, events);
    } catch (TFResourceExhaustedException | OutOfMemoryError e) {
      return fail(
          ExitCodes.OUT_OF_MEMORY,
          "out of memory: %s (lower %s)".formatted(e.getMessage(), remedy(request)));
    }
  }

  private static String remedy(ModelRequest request) {
    boolean closedForm = request.train() != null && request.train().unit().training() == null;
    if (closedForm) {
      return "size or limit of its datasets, or workers.slots";
    }
    return "training.batch, workers.slots%s or data.inMemory"
        .formatted(device().equals("gpu") ? ", workers.unitsPerGpu" : "");
  }

  /** Kind of the device that this process has: cpu or gpu. */
  static String device() {
    return System.getenv().getOrDefault(GPU, Devices.NONE).equals(Devices.NONE) ? "cpu" : "gpu";
  }

  private static int run(ModelRequest request, PrintStream events) throws IOException {
    if (request.train() != null) {
      return train(request, events);
    }
    if (request.export() != null) {
      return code(new TrialExport(request, request.export()).run(CANCELLED::get));
    }
    if (request.predict() != null) {
      return code(new ImagePrediction(request, request.predict()).run(CANCELLED::get));
    }
    return evaluate(request, events);
  }

  /** The last line of the log is the reason, which the parent passes on. */
  private static int fail(int code, String reason) {
    System.err.println(ModelProcesses.REASON + String.valueOf(reason).replace('\n', ' ').strip());
    return code;
  }

  private static int train(ModelRequest request, PrintStream events) throws IOException {
    StageKey key = request.train().stageKey();
    // A killed worker's child may still be saving its checkpoint, or have trained to the end.
    return ArtifactLock.holding(
        request.path(),
        key,
        () ->
            code(
                new ArtifactStore(request.path()).find(key).isPresent()
                    || new UnitTraining(request).run(CANCELLED::get, events)));
  }

  private static int code(boolean whole) {
    return whole ? ExitCodes.DONE : ExitCodes.CANCELLED;
  }

  private static int evaluate(ModelRequest request, PrintStream events) throws IOException {
    ArtifactStore store = new ArtifactStore(request.path());
    for (ModelRequest.Evaluate trial : request.evaluate()) {
      if (CANCELLED.get()) {
        return ExitCodes.CANCELLED;
      }
      // Another invocation's child may be at the same trial, or have made it since.
      ArtifactLock.holdingInTurn(
          request.path(),
          trial.stageKey(),
          () -> {
            if (store.find(trial.stageKey()).isEmpty()) {
              new TrialEvaluation(request, trial).run();
            }
            return true;
          });
      events.println("{\"event\":\"evaluated\",\"key\":\"" + trial.key() + "\"}");
      events.flush();
    }
    return ExitCodes.DONE;
  }

  private static void endWithTheParent() {
    Thread watcher =
        new Thread(
            () -> {
              awaitEnd(System.in);
              CANCELLED.set(true);
              haltInTime();
            },
            "parent-watcher");
    watcher.setDaemon(true);
    watcher.start();
  }

  private static void haltInTime() {
    try {
      TimeUnit.MINUTES.sleep(FAREWELL_MINUTES);
      Runtime.getRuntime().halt(ExitCodes.CANCELLED);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitEnd(InputStream in) {
    try {
      while (in.read() >= 0) {
        // the parent sends nothing; only the end counts
      }
    } catch (IOException e) {
      System.err.println("Standard input failed: " + e.getMessage());
    }
  }
}
