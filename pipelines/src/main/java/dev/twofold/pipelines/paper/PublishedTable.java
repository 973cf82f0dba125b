package dev.twofold.pipelines.paper;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A table of accuracies of one of the papers.
 *
 * @param source paper and table, in words
 * @param columns names of the data as the paper has them
 * @param rows scores of each method in the order of the columns; empty where they are not at hand
 */
public record PublishedTable(
    String source, List<String> columns, Map<String, List<PublishedScore>> rows) {

  public PublishedTable {
    columns = List.copyOf(columns);
    rows = Collections.unmodifiableMap(new LinkedHashMap<>(rows));
    for (Map.Entry<String, List<PublishedScore>> row : rows.entrySet()) {
      if (row.getValue().size() != columns.size()) {
        throw new IllegalArgumentException(
            "Invalid row %s of %s: %d scores (must be one for each of %s)"
                .formatted(row.getKey(), source, row.getValue().size(), columns));
      }
    }
  }

  /** The score of a method on a data set, where the table has both. */
  public Optional<PublishedScore> score(String row, String column) {
    return columns.contains(column) && rows.containsKey(row)
        ? Optional.of(rows.get(row).get(columns.indexOf(column)))
        : Optional.empty();
  }
}
