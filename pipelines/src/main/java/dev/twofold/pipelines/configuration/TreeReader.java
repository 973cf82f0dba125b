package dev.twofold.pipelines.configuration;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** YAML 1.2 text to a tree; {@code ${NAME}} in a value comes from the environment. */
final class TreeReader {
  private static final CoreSchema SCHEMA = new CoreSchema();

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");
  private static final Map<Tag, Tree.Kind> KINDS =
      Map.of(
          Tag.INT, Tree.Kind.WHOLE,
          Tag.FLOAT, Tree.Kind.FRACTION,
          Tag.BOOL, Tree.Kind.TRUTH,
          Tag.NULL, Tree.Kind.NOTHING);

  private final Map<String, String> environment;
  private final Problems problems;
  private final Set<String> unknown = new HashSet<>();

  TreeReader(Map<String, String> environment, Problems problems) {
    this.environment = environment;
    this.problems = problems;
  }

  /**
   * The document's tree; empty when its syntax is wrong.
   *
   * @param source named in problems, with line and column
   */
  Optional<Tree> read(String text, String source) {
    return read(text, new Source(source, true));
  }

  /** The value of an option: problems name the option, without a line. */
  Optional<Tree> readOption(String text, String option) {
    return read(text, new Source(option, false));
  }

  private Optional<Tree> read(String text, Source source) {
    LoadSettings settings =
        LoadSettings.builder().setLabel(source.name()).setSchema(SCHEMA).build();
    try {
      return Optional.of(
          new Compose(settings)
              .composeString(text)
              .map(node -> convert(node, source.of(node), source, new ArrayDeque<>()))
              .orElseGet(() -> new Tree.Scalar("", Tree.Kind.NOTHING, source.of(1, 1))));
    } catch (MarkedYamlEngineException e) {
      Mark mark = e.getProblemMark().or(e::getContextMark).orElse(null);
      problems.add(
          "Invalid YAML: " + e.getProblem(), mark == null ? source.of(1, 1) : source.of(mark));
    } catch (YamlEngineException e) {
      problems.add("Invalid YAML: " + e.getMessage(), source.of(1, 1));
    }
    return Optional.empty();
  }

  private Tree convert(Node node, Place introduction, Source source, Deque<Node> ancestors) {
    if (ancestors.contains(node)) {
      problems.add("Invalid YAML: an alias stands inside of what it names", introduction);
      return new Tree.Scalar("", Tree.Kind.NOTHING, introduction);
    }
    ancestors.push(node);
    Tree tree =
        switch (node.getNodeType()) {
          case MAPPING -> mapping((MappingNode) node, introduction, source, ancestors);
          case SEQUENCE -> sequence((SequenceNode) node, source, ancestors);
          default -> scalar((ScalarNode) node, source.of(node));
        };
    ancestors.pop();
    return tree;
  }

  private Tree mapping(MappingNode node, Place introduction, Source source, Deque<Node> ancestors) {
    Map<String, Tree.Entry> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : node.getValue()) {
      Place place = source.of(tuple.getKeyNode());
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        problems.add("Invalid key", place, "must be a word");
        continue;
      }
      Tree value = convert(tuple.getValueNode(), place, source, ancestors);
      Tree.Entry earlier = entries.putIfAbsent(key.getValue(), new Tree.Entry(place, value));
      if (earlier != null) {
        problems.add(
            "Duplicate key `%s`".formatted(key.getValue()),
            place,
            "it stands at %s already".formatted(earlier.key()));
      }
    }
    return new Tree.Mapping(entries, introduction);
  }

  private Tree sequence(SequenceNode node, Source source, Deque<Node> ancestors) {
    List<Tree> items = new ArrayList<>();
    for (Node item : node.getValue()) {
      items.add(convert(item, source.of(item), source, ancestors));
    }
    return new Tree.Sequence(items, source.of(node));
  }

  private Tree scalar(ScalarNode node, Place place) {
    String text = substitute(node.getValue(), place);
    Tree.Kind kind =
        text.equals(node.getValue())
            ? KINDS.getOrDefault(node.getTag(), Tree.Kind.TEXT)
            : kindOfVariable(text, node.isPlain());
    return new Tree.Scalar(text, isPlainNumber(kind, text) ? kind : Tree.Kind.TEXT, place);
  }

  /** A number, true or false; an empty variable, or `null`, takes no key away. */
  private static Tree.Kind kindOfVariable(String text, boolean plain) {
    Tag tag = SCHEMA.getScalarResolver().resolve(text, plain);
    return tag.equals(Tag.NULL) ? Tree.Kind.TEXT : KINDS.getOrDefault(tag, Tree.Kind.TEXT);
  }

  /** YAML's hexadecimal, octal, infinite and overlong numbers mean nothing here: they are words. */
  private static boolean isPlainNumber(Tree.Kind kind, String text) {
    return switch (kind) {
      case WHOLE -> text.matches("[-+]?[0-9]{1,18}");
      case FRACTION -> text.matches("[-+]?[0-9.]+([eE][-+]?[0-9]{1,3})?");
      default -> true;
    };
  }

  private String substitute(String text, Place place) {
    return VARIABLE
        .matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(value(found.group(1), text, place)));
  }

  /** A variable that is not set is one problem, wherever else it stands. */
  private String value(String name, String text, Place place) {
    String value = environment.get(name);
    if (value != null) {
      return value;
    }
    if (unknown.add(name)) {
      problems.add(
          "Unknown environment variable %s in `%s`".formatted(name, text),
          place,
          "set it, or write the value out");
    }
    return "";
  }

  /** Where the text comes from. */
  private record Source(String name, boolean hasLines) {

    Place of(Node node) {
      return node.getStartMark().map(this::of).orElseGet(() -> of(1, 1));
    }

    Place of(Mark mark) {
      return of(mark.getLine() + 1, mark.getColumn() + 1);
    }

    Place of(int line, int column) {
      return hasLines ? new Place(name, line, column) : Place.named(name);
    }
  }
}
