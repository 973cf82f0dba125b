package dev.twofold.pipelines.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code conf/twofold.schema.json}, from which editors complete and check configurations. */
class SchemaTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path FILE = ROOT.resolve("conf/twofold.schema.json");
  private static final String COMMAND =
      "mvn -pl pipelines -am test -Dtest=SchemaTest -Dsurefire.failIfNoSpecifiedTests=false"
          + " -Dtwofold.schema=write";

  private final JsonNode schema = new ConfigurationSchema(ROOT).generate();

  @Test
  void theFileIsCurrent() throws IOException {
    String text =
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(schema) + "\n";
    if ("write".equals(System.getProperty("twofold.schema"))) {
      Files.writeString(FILE, text);
    }
    assertThat(FILE).as("regenerate it: " + COMMAND).hasContent(text);
  }

  @Test
  void everyKeyHasADescription() {
    List<String> missing = new ArrayList<>();
    collectUndescribed("", schema, missing);

    assertThat(missing).isEmpty();
  }

  private static void collectUndescribed(String path, JsonNode node, List<String> missing) {
    node.path("properties")
        .properties()
        .forEach(
            property -> {
              if (property.getValue().path("description").asText().isBlank()) {
                missing.add(path + "/" + property.getKey());
              }
            });
    node.properties()
        .forEach(
            inner -> collectUndescribed(path + "/" + inner.getKey(), inner.getValue(), missing));
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      collectUndescribed(path + "/" + i, node.get(i), missing);
    }
  }

  @Test
  void spellsSettingsAsTheReaderDoes() {
    JsonNode definitions = schema.path("$defs");

    assertThat(schema.at("/then/required")).extracting(JsonNode::asText).contains("name", "groups");
    assertThat(schema.at("/if/not/required/0").asText()).isEqualTo("extends");
    assertThat(schema.path("additionalProperties").asBoolean(true)).isFalse();
    assertThat(definitions.path("SplitSettings").path("properties").path("over").path("enum"))
        .extracting(JsonNode::asText)
        .containsExactly("fixed", "perRepeat");
    assertThat(definitions.path("mtal").path("properties").path("pick").path("enum"))
        .extracting(JsonNode::asText)
        .containsExactly("all", "mutual");
    assertThat(definitions.path("damtl").path("properties").has("threshold")).isFalse();
  }

  @Test
  void aTaskIsANameOrAMapping() {
    JsonNode task = schema.at("/$defs/GroupSettings/properties/tasks/items");

    assertThat(task.at("/anyOf/0/type").asText()).isEqualTo("string");
    assertThat(task.at("/anyOf/1/properties").has("labelMap")).isTrue();
    assertThat(task.has("additionalProperties")).isFalse();
  }
}
