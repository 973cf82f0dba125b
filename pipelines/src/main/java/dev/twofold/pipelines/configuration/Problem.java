package dev.twofold.pipelines.configuration;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One thing that is wrong with a configuration.
 *
 * @param what is wrong, with the offending value in it
 * @param place where it is written
 * @param remedy what to write instead; empty when the problem says it all
 */
public record Problem(String what, Place place, String remedy) {

  private static final Pattern WITH_REMEDY =
      Pattern.compile("(.*) \\((must .*)\\)", Pattern.DOTALL);

  /** Puts the place into a message of the form "Invalid thing: value (must be …)". */
  static Problem of(String message, Place place) {
    Matcher matcher = WITH_REMEDY.matcher(message);
    return matcher.matches()
        ? new Problem(matcher.group(1), place, matcher.group(2))
        : new Problem(message, place, "");
  }

  @Override
  public String toString() {
    return what + " at " + place + (remedy.isEmpty() ? "" : " (" + remedy + ")");
  }
}
