package dev.twofold.transforms.ingest;

import dev.twofold.transforms.parquet.Statistics;
import dev.twofold.transforms.sources.DeadLetter;
import java.util.List;

/** What a shard became. */
record ShardReport(int images, List<DeadLetter> deadLetters, Statistics.Sums sums) {}
