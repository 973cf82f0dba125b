package dev.twofold.transforms.ingest;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.twofold.models.Randomness;
import dev.twofold.transforms.sources.DeadLetter;
import dev.twofold.transforms.sources.ImageSource;
import dev.twofold.transforms.sources.Layout;
import dev.twofold.transforms.sources.Listing;
import dev.twofold.transforms.sources.SourceDigest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an ingestion will read, from names alone.
 *
 * @param classes the chosen classes, sorted
 * @param items their entries within the limit, in the order of the id
 * @param refused entries that cannot be images of the dataset, whatever their content; nothing is
 *     lost with those that a later one replaces, so that they are not among them
 */
public record IngestPlan(List<String> classes, List<Listing.Item> items, List<DeadLetter> refused) {
  private static final Logger LOG = LoggerFactory.getLogger(IngestPlan.class);

  /** Output of one shard: a row group. */
  private static final long SHARD_BYTES = 16L << 20;

  /** So many shards keep the workers even, but not smaller than the second number of images. */
  private static final int MIN_SHARDS = 8;

  private static final int MIN_IMAGES = 64;

  /**
   * What a source holds: nothing of its single entries, of which there may be millions.
   *
   * @param classes number of entries a class
   * @param splits number of entries a source split; empty when the layout has none
   * @param namesakes names that two classes would have: {@link Listing#namesakes}; where it was
   *     remembered without them there are none
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Inspection(
      SortedMap<String, Integer> classes,
      SortedMap<String, Integer> splits,
      SortedMap<String, List<String>> namesakes) {

    public Inspection {
      namesakes = namesakes == null ? Collections.emptySortedMap() : namesakes;
    }
  }

  /**
   * Lists classes and counts of a request's source, all of them, without decoding; or remembers
   * them, where a source of this content has been listed in this workdir.
   *
   * @param digest of the request's workdir
   * @throws dev.twofold.transforms.sources.DataRefusedException when the source cannot be read
   */
  public static Inspection inspect(IngestRequest request, SourceDigest digest) {
    InspectionMemory memory = new InspectionMemory(request, digest);
    Optional<Inspection> known = memory.recall();
    if (known.isPresent()) {
      return known.get();
    }
    Inspection inspection = listed(request);
    memory.remember(inspection);
    return inspection;
  }

  private static Inspection listed(IngestRequest request) {
    try (ImageSource source = open(request)) {
      Listing listing = list(request, source);
      SortedMap<String, Integer> splits = new TreeMap<>();
      listing.items().stream()
          .filter(item -> !item.split().isEmpty())
          .forEach(item -> splits.merge(item.split(), 1, Integer::sum));
      return new Inspection(listing.counts(), splits, listing.namesakes());
    }
  }

  /**
   * Lists what a request will read, and warns of entries that others replace.
   *
   * @throws dev.twofold.transforms.sources.DataRefusedException when the source cannot be read,
   *     lacks a class, or has two of the name of a chosen one
   */
  public static IngestPlan of(IngestRequest request) {
    try (ImageSource source = open(request)) {
      Listing listing = list(request, source);
      warnOfReplaced(request, listing.refused());
      return of(request, listing);
    }
  }

  private static void warnOfReplaced(IngestRequest request, List<DeadLetter> refused) {
    List<DeadLetter> replaced = refused.stream().filter(letter -> !letter.isLost()).toList();
    if (!replaced.isEmpty()) {
      LOG.warn(
          "Dataset {}: {} entries of its source count for nothing, such as {}: {}",
          request.name(),
          replaced.size(),
          replaced.get(0).id(),
          replaced.get(0).reason());
    }
  }

  static ImageSource open(IngestRequest request) {
    return ImageSource.open(request.name(), Path.of(request.source()), Path.of(request.workdir()));
  }

  private static IngestPlan of(IngestRequest request, Listing listing) {
    List<String> classes =
        request
            .selection()
            .choose(request.name(), new TreeSet<>(listing.counts().keySet()), listing.namesakes());
    Set<String> chosen = new HashSet<>(classes);
    Map<String, List<Listing.Item>> byClass =
        listing.items().stream()
            .filter(item -> chosen.contains(item.className()))
            .collect(Collectors.groupingBy(Listing.Item::className));
    List<Listing.Item> items = new ArrayList<>();
    byClass.values().forEach(ofClass -> items.addAll(limited(ofClass, request.limit())));
    items.sort(Comparator.comparing(Listing.Item::id));
    List<DeadLetter> refused =
        listing.refused().stream()
            .filter(DeadLetter::isLost)
            .filter(letter -> letter.className().isEmpty() || chosen.contains(letter.className()))
            .toList();
    return new IngestPlan(classes, List.copyOf(items), refused);
  }

  /** Number of shards that suits the size of the output. */
  int shards(IngestRequest request) {
    long bytes = (long) items.size() * request.shape().size();
    long even = Math.max(MIN_SHARDS, (bytes + SHARD_BYTES - 1) / SHARD_BYTES);
    return (int) Math.max(1, Math.min(even, items.size() / MIN_IMAGES));
  }

  /** The items of one shard: a stretch of the order of the ids. */
  List<Listing.Item> shard(int shard, int shards) {
    int from = (int) ((long) items.size() * shard / shards);
    int to = (int) ((long) items.size() * (shard + 1) / shards);
    return items.subList(from, to);
  }

  private static Listing list(IngestRequest request, ImageSource source) {
    return Listing.of(
        request.name(), source, Layout.parse(request.layout()), request.readClassNames());
  }

  /** By hash, not by name: neighbours in name are often frames of one film. */
  private static List<Listing.Item> limited(List<Listing.Item> items, int limit) {
    if (limit == 0 || items.size() <= limit) {
      return items;
    }
    return items.stream()
        .sorted(
            Comparator.<Listing.Item>comparingLong(item -> Randomness.hash(0, "limit/" + item.id()))
                .thenComparing(Listing.Item::id))
        .limit(limit)
        .toList();
  }
}
