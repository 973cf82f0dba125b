package dev.twofold.pipelines.configuration;

import dev.twofold.models.EnumNames;
import dev.twofold.models.methods.Prior;
import dev.twofold.models.training.Start;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/**
 * A configuration with every default filled in, as plain values, and without the login that a
 * tracking server's address may have. The YAML reads back as the same experiment, unless it sweeps
 * over keys that a preset's value now covers.
 */
public final class EffectiveConfiguration {

  private EffectiveConfiguration() {}

  /** The configuration as YAML. */
  public static String yaml(Configuration configuration) {
    DumpSettings settings =
        DumpSettings.builder().setDefaultFlowStyle(FlowStyle.AUTO).setWidth(120).build();
    Map<String, Object> keys = of(configuration);
    if (configuration.paper() != null) {
      keys.put("paper", plain(configuration.paper()));
    }
    return new Dump(settings).dumpToString(keys);
  }

  /**
   * What shapes a run, as maps, lists, strings, numbers and truth values: all but {@code paper},
   * which only the report reads.
   */
  public static Map<String, Object> of(Configuration configuration) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("name", configuration.name());
    keys.put("workdir", configuration.workdir());
    keys.put("seed", configuration.seed());
    keys.put("repeats", configuration.repeats());
    keys.put("split", plain(configuration.effectiveSplit()));
    keys.put("data", plain(configuration.data()));
    keys.put("datasets", datasets(configuration));
    if (configuration.auxiliary() != null) {
      keys.put("auxiliary", auxiliary(configuration.auxiliary()));
    }
    keys.put("backbone", plain(configuration.effectiveBackbone()));
    keys.put("groups", groups(configuration));
    Map<String, Object> methods = new LinkedHashMap<>();
    configuration
        .methods()
        .keySet()
        .forEach(label -> methods.put(label, method(configuration.method(label))));
    keys.put("methods", methods);
    if (!configuration.sweep().equals(SweepSettings.NONE)) {
      keys.put("sweep", sweep(configuration.sweep()));
    }
    keys.put("workers", plain(configuration.workers()));
    keys.put("tracking", plain(configuration.tracking().withoutLogin()));
    keys.put("keepModels", plain(configuration.keepModels()));
    return keys;
  }

  /** A method's keys as a configuration writes them. */
  public static Map<String, Object> method(MethodSettings method) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("method", method.type().name());
    keys.put("preset", plain(method.preset()));
    if (method.start() != null) {
      keys.putAll(start(method.start()));
    }
    keys.putAll(plainMap(Records.values(method.settings())));
    if (method.training() != null) {
      keys.put("training", plain(method.training()));
    }
    keys.put("backbone", plain(method.backbone()));
    return keys;
  }

  private static Map<String, Object> start(Start start) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("start", start.from());
    keys.put("file", start.file());
    keys.put("scratchSeed", start.scratchSeed());
    keys.put("headStart", start.headStart());
    return plainMap(keys);
  }

  /** Any setting as plain values; what is null is left out. */
  public static Object plain(Object value) {
    if (value instanceof ImageSize size) {
      return List.of(size.height(), size.width());
    }
    if (value instanceof ClassChoice choice) {
      return choice.count() == null ? choice.names() : choice.count();
    }
    if (value instanceof LabelMap map) {
      return plainMap(map.classes());
    }
    if (value instanceof ByteSize size) {
      return size.toString();
    }
    if (value instanceof WorkerSettings.Threads threads) {
      return threads.count() == null ? "auto" : threads.count();
    }
    if (value instanceof Prior prior) {
      return prior.isAuto() ? "auto" : prior.groups();
    }
    if (value instanceof Enum<?> constant) {
      return EnumNames.of(constant);
    }
    if (value instanceof Record settings) {
      return plainMap(Records.values(settings));
    }
    if (value instanceof Map<?, ?> map) {
      return plainMap(map);
    }
    return value instanceof Collection<?> list ? plainList(list) : value;
  }

  private static Map<String, Object> plainMap(Map<?, ?> map) {
    Map<String, Object> plain = new LinkedHashMap<>();
    map.forEach(
        (key, value) -> {
          if (value != null) {
            plain.put(key.toString(), plain(value));
          }
        });
    return plain;
  }

  private static List<Object> plainList(Collection<?> list) {
    List<Object> plain = new ArrayList<>();
    list.forEach(value -> plain.add(plain(value)));
    return plain;
  }

  private static Map<String, Object> datasets(Configuration configuration) {
    Map<String, Object> datasets = new LinkedHashMap<>();
    configuration
        .datasets()
        .forEach(
            (name, dataset) -> {
              Map<String, Object> keys = new LinkedHashMap<>(Records.values(dataset));
              keys.put("split", configuration.splitOf(name));
              keys.put("augment", dataset.effectiveAugment());
              datasets.put(name, plainMap(keys));
            });
    return datasets;
  }

  private static Map<String, Object> auxiliary(AuxiliarySettings auxiliary) {
    Map<String, Object> keys = new LinkedHashMap<>(Records.values(auxiliary));
    keys.put("training", auxiliary.effectiveTraining());
    return plainMap(keys);
  }

  private static Map<String, Object> groups(Configuration configuration) {
    Map<String, Object> groups = new LinkedHashMap<>();
    configuration
        .groups()
        .forEach(
            (name, group) -> {
              Map<String, Object> methods = new LinkedHashMap<>();
              group
                  .methods()
                  .keySet()
                  .forEach(label -> methods.put(label, method(configuration.method(name, label))));
              Map<String, Object> keys = new LinkedHashMap<>();
              keys.put("tasks", group.tasks());
              keys.put("draw", group.draw());
              keys.put("methods", methods.isEmpty() ? null : methods);
              groups.put(name, plainMap(keys));
            });
    return groups;
  }

  private static Map<String, Object> sweep(SweepSettings sweep) {
    Map<String, Object> keys = new LinkedHashMap<>(plainLists(sweep.product()));
    if (!sweep.zip().isEmpty()) {
      keys.put(
          SweepSettings.ZIP, sweep.zip().stream().map(EffectiveConfiguration::plainLists).toList());
    }
    return keys;
  }

  private static Map<String, Object> plainLists(Map<String, List<Tree>> lists) {
    Map<String, Object> plain = new LinkedHashMap<>();
    lists.forEach((key, values) -> plain.put(key, values.stream().map(Tree::plain).toList()));
    return plain;
  }
}
