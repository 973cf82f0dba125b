package dev.twofold.pipelines.report;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Orders names as people count: {@code conv2} before {@code conv10}. */
final class NaturalOrder implements Comparator<String> {

  private static final Pattern CHUNK = Pattern.compile("\\d+|\\D+");

  @Override
  public int compare(String left, String right) {
    Matcher a = CHUNK.matcher(left);
    Matcher b = CHUNK.matcher(right);
    while (true) {
      boolean more = a.find();
      if (!b.find()) {
        return more ? 1 : left.compareTo(right);
      }
      if (!more) {
        return -1;
      }
      int order = compareChunks(a.group(), b.group());
      if (order != 0) {
        return order;
      }
    }
  }

  private static int compareChunks(String a, String b) {
    boolean numbers = Character.isDigit(a.charAt(0)) && Character.isDigit(b.charAt(0));
    return numbers ? new BigInteger(a).compareTo(new BigInteger(b)) : a.compareTo(b);
  }
}
