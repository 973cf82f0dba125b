package dev.twofold.transforms.ingest;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.twofold.transforms.artifacts.ArtifactStore;
import dev.twofold.transforms.artifacts.Claim;
import dev.twofold.transforms.artifacts.DurableFiles;
import dev.twofold.transforms.artifacts.FileTrouble;
import dev.twofold.transforms.artifacts.Sha256;
import dev.twofold.transforms.artifacts.StageKey;
import dev.twofold.transforms.parquet.DatasetReader;
import dev.twofold.transforms.parquet.DatasetWriter;
import dev.twofold.transforms.parquet.Statistics;
import dev.twofold.transforms.sources.DataRefusedException;
import dev.twofold.transforms.sources.DeadLetter;
import dev.twofold.transforms.sources.ImageSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Makes an attempt's shards a whole dataset, or refuses it. */
final class DatasetCommit {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String DEAD_LETTERS = "dead-letters.jsonl";
  private static final int REASONS_SHOWN = 5;
  private static final long WAIT_FOR_OTHERS_MS = 200;

  private final IngestAttempt attempt;
  private final BooleanSupplier stopped;
  private final IngestRequest request;
  private final ArtifactStore store;
  private final StageKey key;
  private final List<ShardReport> reports = new ArrayList<>();
  private final List<Row> rows = new ArrayList<>();
  private final List<DeadLetter> deadLetters = new ArrayList<>();

  private DatasetCommit(IngestAttempt attempt, BooleanSupplier stopped) {
    this.attempt = attempt;
    this.stopped = stopped;
    this.request = attempt.request();
    this.store = request.store();
    this.key = request.stageKey();
  }

  private record Row(int shard, String id, String className, String content) {}

  /**
   * Commits the dataset, unless it is there already; either way the scratch folder is gone.
   *
   * @param stopped asked before every image that is left, and while another invocation makes it
   * @throws DataRefusedException when too much of it is lost
   * @throws InterruptedException also when it was stopped while it waited
   */
  static IngestResult commit(IngestAttempt attempt, BooleanSupplier stopped)
      throws IOException, InterruptedException {
    DatasetCommit commit = new DatasetCommit(attempt, stopped);
    try {
      Optional<IngestResult> existing = commit.existing();
      if (existing.isPresent()) {
        return existing.get();
      }
      return attempt.shards() == 0 ? commit.makeAgain() : commit.make();
    } finally {
      DurableFiles.deleteTree(attempt.scratch());
      ImageSource.discardUnpacked(
          Path.of(attempt.request().source()), Path.of(attempt.request().workdir()));
    }
  }

  /** It was there when the attempt began, and somebody has deleted it since. */
  private IngestResult makeAgain() throws IOException, InterruptedException {
    return commit(Ingestion.begin(request), stopped);
  }

  private Optional<IngestResult> existing() {
    return find(request).map(summary -> result(summary, true));
  }

  /**
   * The dataset, if it is there: of this source, or of one that has gone.
   *
   * @throws DataRefusedException when it has lost more than this request allows: what is allowed is
   *     not in the key, so that the dataset may have been made for one that allows more
   */
  static Optional<DatasetSummary> find(IngestRequest request) {
    Path dataset = request.store().directory(request.stageKey());
    Optional<DatasetSummary> there =
        request.store().find(request.stageKey()).map(manifest -> DatasetSummary.read(dataset));
    there.ifPresent(
        summary ->
            refuseIfTooMuchIsLost(
                request, summary.images(), summary.deadLetters(), () -> firstOf(dataset)));
    return there;
  }

  private IngestResult make() throws IOException, InterruptedException {
    makeMissingShards();
    IngestAttempt.Listed listed = attempt.readListed();
    deadLetters.addAll(listed.refused());
    for (int shard = 0; shard < attempt.shards(); shard++) {
      read(shard);
    }
    Map<String, String> conflicts = conflicts();
    List<Row> kept = new ArrayList<>();
    for (Row row : rows) {
      if (conflicts.containsKey(row.content())) {
        deadLetters.add(new DeadLetter(row.id(), row.className(), conflicts.get(row.content())));
      } else {
        kept.add(row);
      }
    }
    deadLetters.sort(Comparator.comparing(DeadLetter::id).thenComparing(DeadLetter::reason));
    Map<String, Object> inputs = unchangedInputs();
    refuseIfTooMuchIsLost(request, kept.size(), deadLetters.size(), () -> deadLetters);
    refuseEmptyClasses(listed.classes(), kept);
    return publish(listed.classes(), kept, conflicts, inputs);
  }

  /** Those whose worker died; usually none, and then the source stays closed. */
  private void makeMissingShards() throws IOException {
    int[] missing =
        IntStream.range(0, attempt.shards())
            .filter(shard -> !Files.exists(attempt.report(shard)))
            .toArray();
    if (missing.length == 0) {
      return;
    }
    try (ShardWorker worker = new ShardWorker(attempt, stopped)) {
      for (int shard : missing) {
        worker.write(shard);
      }
    }
  }

  private void read(int shard) throws IOException {
    ShardReport report =
        MAPPER.readValue(Files.readAllBytes(attempt.report(shard)), ShardReport.class);
    reports.add(report);
    deadLetters.addAll(report.deadLetters());
    for (String line : Files.readAllLines(attempt.rows(shard))) {
      String[] fields = line.split("\t", -1);
      rows.add(new Row(shard, fields[0], fields[1], fields[2]));
    }
  }

  /** Contents that stand under two classes, with the reason that names both. */
  private Map<String, String> conflicts() {
    Map<String, String> classOf = new HashMap<>();
    Map<String, TreeSet<String>> ambiguous = new HashMap<>();
    for (Row row : rows) {
      String other = classOf.putIfAbsent(row.content(), row.className());
      if (other != null && !other.equals(row.className())) {
        ambiguous
            .computeIfAbsent(row.content(), content -> new TreeSet<>())
            .addAll(List.of(other, row.className()));
      }
    }
    return ambiguous.entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                entry -> "its content stands under " + String.join(" and ", entry.getValue())));
  }

  /**
   * What was hashed into the key, where the source is still as it was then. The key stands for the
   * content at the time of planning, and was listed and read since. The key of what has gone is
   * that of what was there, which says nothing of what was read since.
   */
  private Map<String, Object> unchangedInputs() {
    Optional<Path> absent = request.absent().stream().findFirst();
    if (absent.isPresent()) {
      throw DataRefusedException.absent(request.name(), absent.get());
    }
    Map<String, Object> inputs = request.keyInputs();
    if (!StageKey.of(key.stage(), inputs).equals(key)) {
      throw new DataRefusedException(
          "Cannot use dataset %s: its source %s changed while it was read (run again when nothing writes to it)"
              .formatted(request.name(), request.source()));
    }
    return inputs;
  }

  /**
   * Applies the limit to a dataset, be it made or found.
   *
   * @param letters asked where it is refused, for at least the first reasons
   */
  private static void refuseIfTooMuchIsLost(
      IngestRequest request, int images, int lost, Supplier<List<DeadLetter>> letters) {
    int all = images + lost;
    if (lost <= request.maxDeadLetters() * all && images > 0) {
      return;
    }
    String reasons =
        letters.get().stream()
            .limit(REASONS_SHOWN)
            .map(letter -> letter.id() + ": " + letter.reason())
            .collect(Collectors.joining("; "));
    throw new DataRefusedException(
        "Cannot use dataset %s: %d of its %d images are lost, more than data.maxDeadLetters %s allows"
                .formatted(request.name(), lost, all, request.maxDeadLetters())
            + " (%s%s). Repair the source %s, or raise data.maxDeadLetters"
                .formatted(reasons, lost > REASONS_SHOWN ? "; …" : "", request.source()));
  }

  /** The first dead letters of a dataset that is there. */
  private static List<DeadLetter> firstOf(Path dataset) {
    Path file = dataset.resolve(DEAD_LETTERS);
    List<DeadLetter> first = new ArrayList<>();
    try (MappingIterator<DeadLetter> letters =
        MAPPER.readerFor(DeadLetter.class).readValues(file.toFile())) {
      while (first.size() < REASONS_SHOWN && letters.hasNextValue()) {
        first.add(letters.nextValue());
      }
      return first;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + FileTrouble.reason(file, e), e);
    }
  }

  private void refuseEmptyClasses(List<String> classes, List<Row> kept) {
    TreeSet<String> empty = new TreeSet<>(classes);
    kept.forEach(row -> empty.remove(row.className()));
    if (!empty.isEmpty()) {
      throw new DataRefusedException(
          "Cannot use dataset %s: no image of %s is left (leave the class out, or repair the"
                  .formatted(request.name(), String.join(", ", empty))
              + " source %s)".formatted(request.source()));
    }
  }

  private IngestResult publish(
      List<String> classes,
      List<Row> kept,
      Map<String, String> conflicts,
      Map<String, Object> inputs)
      throws IOException, InterruptedException {
    try (Claim claim = claim()) {
      Optional<IngestResult> madeMeanwhile = existing();
      if (madeMeanwhile.isPresent()) {
        return madeMeanwhile.get();
      }
      store.discardUnfinished(key);
      Statistics statistics = moveParts(conflicts);
      Path directory = store.directory(key);
      DatasetSummary summary = summary(classes, kept, statistics);
      DurableFiles.replace(directory.resolve(DatasetSummary.FILE), summary.toJson());
      DurableFiles.replace(directory.resolve(DEAD_LETTERS), deadLettersAsLines());
      checkHeld(claim);
      store.commit(key, inputs, context());
      return result(summary, false);
    }
  }

  /** Another invocation may be making the same dataset; then there is nothing left to do after. */
  private Claim claim() throws InterruptedException {
    while (true) {
      Optional<Claim> claim = Claim.take(store.createDirectory(key), attempt.attempt());
      if (claim.isPresent()) {
        return claim.get();
      }
      if (stopped.getAsBoolean()) {
        throw new InterruptedException("cancelled");
      }
      Thread.sleep(WAIT_FOR_OTHERS_MS);
    }
  }

  private void checkHeld(Claim claim) throws IOException {
    if (!claim.isHeld()) {
      throw new IOException(
          "Cannot commit dataset %s: another worker took it over".formatted(request.name()));
    }
  }

  private Statistics moveParts(Map<String, String> conflicts) throws IOException {
    Statistics statistics = new Statistics(request.channels());
    BitSet inConflict = shardsWith(conflicts);
    int part = 0;
    for (int shard = 0; shard < attempt.shards(); shard++) {
      Path target =
          store.directory(key).resolve(String.format(Locale.ROOT, "part-%05d.parquet", part));
      if (inConflict.get(shard)) {
        part += rewrite(attempt.part(shard), target, conflicts, statistics);
      } else if (reports.get(shard).images() > 0) {
        Files.move(attempt.part(shard), target);
        statistics.add(reports.get(shard).sums());
        part++;
      }
    }
    return statistics;
  }

  private BitSet shardsWith(Map<String, String> conflicts) {
    BitSet shards = new BitSet();
    rows.stream()
        .filter(row -> conflicts.containsKey(row.content()))
        .forEach(row -> shards.set(row.shard()));
    return shards;
  }

  /** Without the rows in conflict; returns the number of files written. */
  private static int rewrite(
      Path from, Path to, Map<String, String> conflicts, Statistics statistics) throws IOException {
    int[] written = new int[1];
    try (DatasetWriter writer = new DatasetWriter(to)) {
      DatasetReader.forEach(
          from,
          (row, pixels) -> {
            if (!conflicts.containsKey(row.contentSha256())) {
              writer.write(row, pixels);
              statistics.add(pixels);
              written[0]++;
            }
          });
    }
    if (written[0] == 0) {
      Files.delete(to);
    }
    return written[0] == 0 ? 0 : 1;
  }

  private DatasetSummary summary(List<String> classes, List<Row> kept, Statistics statistics) {
    SortedMap<String, Integer> counts = new TreeMap<>();
    MessageDigest digest = Sha256.digest();
    kept.stream()
        .sorted(Comparator.comparing(Row::id))
        .forEach(
            row -> {
              counts.merge(row.className(), 1, Integer::sum);
              String line = row.id() + "\t" + row.className() + "\t" + row.content() + "\n";
              digest.update(line.getBytes(StandardCharsets.UTF_8));
            });
    return new DatasetSummary(
        request.name(),
        classes,
        counts,
        kept.size(),
        deadLetters.size(),
        request.height(),
        request.width(),
        request.channels(),
        HexFormat.of().formatHex(digest.digest()),
        Arrays.stream(statistics.mean()).boxed().toList(),
        Arrays.stream(statistics.deviation()).boxed().toList());
  }

  private byte[] deadLettersAsLines() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (DeadLetter letter : deadLetters) {
      lines.append(MAPPER.writeValueAsString(letter)).append('\n');
    }
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }

  private Map<String, Object> context() {
    return Map.of(
        "name", request.name(),
        "source", request.source(),
        "maxDeadLetters", request.maxDeadLetters(),
        "started", attempt.started(),
        "shards", attempt.shards());
  }

  private IngestResult result(DatasetSummary summary, boolean reused) {
    return new IngestResult(
        request.name(),
        key.hex(),
        store.directory(key).toString(),
        summary.images(),
        summary.deadLetters(),
        reused,
        reused ? 0 : (System.currentTimeMillis() - attempt.started()) / 1000.0);
  }
}
