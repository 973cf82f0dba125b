package dev.twofold.pipelines.configuration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the sources say of records' components: one text for the reader of code and of schemas. */
final class Javadoc {
  private static final List<String> MODULES = List.of("pipelines", "transforms", "models");

  private final Path root;

  Javadoc(Path root) {
    this.root = root;
  }

  /** The {@code @param} of a record's component; null where it has none. */
  String of(Class<?> type, String component) {
    String source = source(type.getNestHost());
    Matcher record =
        Pattern.compile(
                "/\\*\\*((?:(?!\\*/).)*)\\*/\\s*(?:public )?record " + type.getSimpleName() + "\\(",
                Pattern.DOTALL)
            .matcher(source);
    if (!record.find()) {
      return null;
    }
    Matcher parameter =
        Pattern.compile("@param " + component + "\\s+((?:(?!@param).)*)", Pattern.DOTALL)
            .matcher(record.group(1).replaceAll("\\n\\s*\\*", "\n"));
    return parameter.find() ? plain(parameter.group(1)) : null;
  }

  private static String plain(String text) {
    return text.replaceAll("\\s+", " ").replaceAll("\\{@code ([^}]*)}", "`$1`").strip();
  }

  private String source(Class<?> type) {
    String path = "src/main/java/" + type.getName().replace('.', '/') + ".java";
    try {
      for (String module : MODULES) {
        Path file = root.resolve(module).resolve(path);
        if (Files.exists(file)) {
          return Files.readString(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new IllegalStateException("No source of " + type);
  }
}
