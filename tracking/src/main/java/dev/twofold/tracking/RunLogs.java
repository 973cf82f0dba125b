package dev.twofold.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import dev.twofold.tracking.Journal.Entry;
import dev.twofold.tracking.Journal.Extent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.mlflow.api.proto.Service.RunInfo;

/** What the logs of one run say of it as a whole: whether it began, how it ended, and when. */
final class RunLogs {
  private static final String ARTIFACTS = "artifacts/";
  private static final String EVALUATIONS = ARTIFACTS + "evaluate/";

  private final Path workdir;
  private final RunDescription run;
  private final Map<String, Journal> journals = new HashMap<>();

  RunLogs(Path workdir, RunDescription run) {
    this.workdir = workdir;
    this.run = run;
  }

  Journal journal(String log) {
    return journals.computeIfAbsent(log, each -> new Journal(workdir.resolve(each)));
  }

  /** Whether a log is of what a stage made, be it of this run alone or of several. */
  static boolean isOfUnit(String log) {
    return log.startsWith(ARTIFACTS);
  }

  /**
   * A server sets a run's start when it makes the run: one that is planned waits for its first
   * unit, or for its failure without any. What was interrupted before is only put off.
   */
  boolean hasBegun() throws IOException {
    return !hasUnits()
        || work().isPresent()
        || hasEnded("FAILED")
        || (isEvaluated() && hasEnded("FINISHED"));
  }

  /**
   * Units that were deleted are not made again for what is evaluated, nor for what has no
   * evaluation.
   */
  boolean isEvaluated() {
    return run.logs().stream()
        .filter(log -> log.startsWith(EVALUATIONS))
        .allMatch(log -> journal(log).exists());
  }

  private boolean hasEnded(String status) throws IOException {
    return lastEnd().filter(end -> end.path("status").asText().equals(status)).isPresent();
  }

  /** As the outcome has it, whether it has been projected or not. */
  Optional<JsonNode> lastEnd() throws IOException {
    Optional<JsonNode> end = Optional.empty();
    for (String log : run.logs()) {
      if (log.endsWith("/outcome.jsonl")) {
        for (Entry entry : journal(log).read(0, Extent.LAST_LINE).entries()) {
          if (entry.type().equals("end")) {
            end = Optional.of(entry.event());
          }
        }
      }
    }
    return end;
  }

  boolean hasUnits() {
    return run.logs().stream().anyMatch(RunLogs::isOfUnit);
  }

  /**
   * When its units were at work, whichever invocation began or ended around them. An evaluation is
   * no part of it: it waits until all units of the invocation are trained.
   */
  private Optional<Span> work() throws IOException {
    return Span.of(
        run.logs().stream()
            .filter(log -> isOfUnit(log) && !log.startsWith(EVALUATIONS))
            .map(this::journal)
            .toList());
  }

  /** What came to its end before a unit began took no time. */
  long startTime() throws IOException {
    Optional<Span> work = work();
    if (work.isPresent()) {
      return work.get().first();
    }
    return Span.of(run.logs().stream().map(this::journal).toList())
        .map(told -> hasUnits() ? told.last() : told.first())
        .orElseGet(System::currentTimeMillis);
  }

  /**
   * The server keeps the start that it was told first. Where its units were made anew since, or
   * were not there then, they end as long after that start as they took: the duration is theirs.
   */
  long endTime(JsonNode end, RunInfo server) throws IOException {
    Optional<Span> work = work();
    if (work.isPresent()) {
      Span span = work.get();
      boolean otherStart =
          server.getEndTime() <= span.first() || server.getStartTime() > span.first();
      return otherStart ? server.getStartTime() + span.last() - span.first() : span.last();
    }
    if (hasUnits()) {
      return Math.max(server.getStartTime(), server.getEndTime());
    }
    long told = end.path("time").asLong();
    return told > 0 ? told : System.currentTimeMillis();
  }
}
