package dev.twofold.pipelines.configuration;

import dev.twofold.models.methods.MethodType;
import dev.twofold.models.methods.Methods;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which keys a method has of its own, and as what they are written. They are checked in the tree,
 * since a record of all methods is made of what is spelt well alone.
 */
final class MethodKeys {
  private final Binder binder;

  MethodKeys(Binder binder) {
    this.binder = binder;
  }

  static Optional<MethodType<?>> type(String name) {
    return Methods.ALL.stream().filter(known -> known.name().equals(name)).findFirst();
  }

  /** The given ones of a method's own settings. */
  <S extends Record> Overlay<S> overlay(Tree own, MethodType<S> type, String label) {
    List<String> known =
        Stream.concat(MethodEntry.NAMES.stream(), Records.names(type.settingsType()).stream())
            .toList();
    return binder.overlay(own, type.settingsType(), "methods." + label, known);
  }

  /** Checks the methods of a configuration, and those of its groups. */
  void check(Tree.Mapping root) {
    Map<String, Tree.Entry> methods = below(root, "methods").entries();
    methods.forEach((label, entry) -> check(label, entry, name(entry).orElse(label)));
    for (Tree.Entry group : below(root, "groups").entries().values()) {
      Map<String, Tree.Entry> own = new LinkedHashMap<>(below(group.value(), "methods").entries());
      own.keySet().retainAll(methods.keySet());
      own.forEach(
          (label, entry) -> {
            String name = name(entry, methods.get(label), label);
            if (name(entry).isPresent() || type(name).isPresent()) { // else it is told above
              check(label, entry, name);
            }
          });
    }
  }

  /** The method that a group's entry names, else that of the label. */
  private static String name(Tree.Entry own, Tree.Entry usual, String label) {
    return name(own).or(() -> name(usual)).orElse(label);
  }

  private void check(String label, Tree.Entry entry, String name) {
    Optional<MethodType<?>> type = type(name);
    if (type.isPresent()) {
      overlay(MethodEntry.own(mapping(entry)), type.get(), label);
    } else if (!binder.problems().lacksBase()) {
      binder
          .problems()
          .add(
              "Unknown method `%s`".formatted(name),
              mapping(entry).place(),
              NearestName.remedy(name, Methods.ALL.stream().map(MethodType::name).toList()));
    }
  }

  private static Tree.Mapping mapping(Tree.Entry entry) {
    return entry.value() instanceof Tree.Mapping mapping
        ? mapping
        : Tree.Mapping.empty(entry.key());
  }

  private static Tree.Mapping below(Tree tree, String key) {
    return tree instanceof Tree.Mapping mapping
            && mapping.get(key).orElse(null) instanceof Tree.Mapping inner
        ? inner
        : Tree.Mapping.empty(tree.place());
  }

  /** The method that an entry names. */
  private static Optional<String> name(Tree.Entry entry) {
    return mapping(entry)
        .get("method")
        .filter(name -> !Tree.isNothing(name))
        .flatMap(
            name ->
                name instanceof Tree.Scalar scalar ? Optional.of(scalar.text()) : Optional.empty());
  }
}
