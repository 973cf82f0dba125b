package dev.twofold.pipelines.paper;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The papers' tables by name, as in {@code DAMTL Table 4}: published.yaml. */
public final class PublishedTables {

  private static final Map<String, PublishedTable> ALL = read();

  private PublishedTables() {}

  public static Set<String> names() {
    return ALL.keySet();
  }

  public static Optional<PublishedTable> find(String name) {
    return Optional.ofNullable(ALL.get(name));
  }

  private static Map<String, PublishedTable> read() {
    try (InputStream yaml = PublishedTables.class.getResourceAsStream("published.yaml")) {
      Map<String, PublishedTable> tables = new LinkedHashMap<>();
      ((Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromInputStream(yaml))
          .forEach((name, table) -> tables.put(name.toString(), table((Map<?, ?>) table)));
      return tables;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static PublishedTable table(Map<?, ?> table) {
    Map<String, List<PublishedScore>> rows = new LinkedHashMap<>();
    ((Map<?, ?>) table.get("rows"))
        .forEach(
            (row, scores) ->
                rows.put(
                    row.toString(), words(scores).stream().map(PublishedScore::parse).toList()));
    return new PublishedTable(table.get("source").toString(), words(table.get("columns")), rows);
  }

  private static List<String> words(Object list) {
    return ((List<?>) list).stream().map(Object::toString).toList();
  }
}
