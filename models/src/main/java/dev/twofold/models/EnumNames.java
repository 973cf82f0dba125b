package dev.twofold.models;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The one spelling of settings that are enums, in configurations, JSON, schemas and tables: {@code
 * PER_TASK} is {@code perTask}. A constant with a {@code toString} of its own is written as that
 * says.
 */
public final class EnumNames {

  private EnumNames() {}

  public static String of(Enum<?> constant) {
    return constant.toString().equals(constant.name())
        ? camelCase(constant.name())
        : constant.toString();
  }

  /** The constant that is written so. */
  public static <E extends Enum<E>> Optional<E> parse(Class<E> type, String name) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> of(constant).equals(name))
        .findFirst();
  }

  /** All names, in the order of the constants. */
  public static List<String> all(Class<? extends Enum<?>> type) {
    return Arrays.stream(type.getEnumConstants()).map(EnumNames::of).toList();
  }

  private static String camelCase(String constant) {
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < constant.length(); i++) {
      char c = constant.charAt(i);
      if (c != '_') {
        boolean begins = i > 0 && constant.charAt(i - 1) == '_';
        name.append(begins ? c : Character.toLowerCase(c));
      }
    }
    return name.toString();
  }
}
