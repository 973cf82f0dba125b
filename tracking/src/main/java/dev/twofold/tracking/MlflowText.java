package dev.twofold.tracking;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HexFormat;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * Names and values as an MLflow server takes them, so that it neither refuses a batch for one of
 * them nor cuts a value in silence.
 */
final class MlflowText {
  static final int PARAM_LENGTH = 6000;
  static final int TAG_LENGTH = 8000;
  private static final int KEY_LENGTH = 250;

  /** What a run's name has room for in MLflow's tables; SQLite alone takes longer ones. */
  static final int RUN_NAME_LENGTH = 250;

  private static final Pattern FORBIDDEN_IN_KEY =
      Pattern.compile("[^\\w\\-. :/]", Pattern.UNICODE_CHARACTER_CLASS);

  private MlflowText() {}

  /**
   * The name itself where MLflow takes it; else a likeness of it with a mark, so that two names
   * never become one.
   */
  static String key(String name) {
    String key = FORBIDDEN_IN_KEY.matcher(name).replaceAll("_");
    key = key.replaceAll("/{2,}", "/").replaceAll("(?<=^|/)\\.{1,2}(?=/|$)", "_");
    key = key.replaceAll("^/|/$", "");
    if (key.equals(name) && !key.isEmpty() && key.length() <= KEY_LENGTH) {
      return key;
    }
    String mark = "-" + checksum(name);
    return cutAt(key, KEY_LENGTH - mark.length()) + mark;
  }

  static String param(String value) {
    return shortened(value, PARAM_LENGTH);
  }

  static String tag(String value) {
    return shortened(value, TAG_LENGTH);
  }

  /** A name for a run. What is cut off of swept values stands in its parameters. */
  static String runName(String name) {
    return shortened(name, RUN_NAME_LENGTH);
  }

  /** A name for a logged model: MLflow takes none of {@code / : . % " '}. */
  static String modelName(String name) {
    String clean = name.replaceAll("[/:.%\"']", "_").strip();
    return clean.isEmpty() ? "model" : clean;
  }

  /** A path below a run's artifacts, which may hold no {@code %} and no {@code #}. */
  static String artifactPath(String path) {
    return path.replaceAll("[%#\\\\?*:|\"<>\\p{Cntrl}]", "_");
  }

  private static String shortened(String value, int limit) {
    if (value.length() <= limit) {
      return value;
    }
    String mark = "… [cut: %d characters]".formatted(value.length());
    return cutAt(value, limit - mark.length()) + mark;
  }

  /** Never through the middle of a surrogate pair. */
  private static String cutAt(String text, int length) {
    if (text.length() <= length) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length;
    return text.substring(0, end);
  }

  private static String checksum(String text) {
    CRC32 crc = new CRC32();
    crc.update(text.getBytes(UTF_8));
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }
}
