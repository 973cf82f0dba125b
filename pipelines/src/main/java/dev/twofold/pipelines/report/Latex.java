package dev.twofold.pipelines.report;

import java.text.Normalizer;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Text for LaTeX: names are data, so nothing in them is a command or unknown to a font. */
final class Latex {

  private static final String UNKNOWN = "?";
  private static final Pattern HYPHEN = Pattern.compile("(?<![\\w.])-(?=[.\\d])");
  private static final Pattern COMMAND = Pattern.compile("\\\\[a-zA-Z]+\\{");
  private static final Pattern SYMBOL = Pattern.compile("\\\\[a-zA-Z]+");
  private static final Pattern MARKUP = Pattern.compile("[\\\\{}$]");
  private static final Pattern NO_LABEL = Pattern.compile("[^A-Za-z0-9]+");

  private static final Map<Integer, String> WORDS =
      Map.ofEntries(
          word('\\', "\\textbackslash{}"),
          word('{', "\\{"),
          word('}', "\\}"),
          word('$', "\\$"),
          word('&', "\\&"),
          word('#', "\\#"),
          word('%', "\\%"),
          word('_', "\\_"),
          word('^', "\\textasciicircum{}"),
          word('~', "\\textasciitilde{}"),
          word('<', "\\textless{}"),
          word('>', "\\textgreater{}"),
          word('|', "\\textbar{}"),
          word('"', "''"),
          // After the end of a row either would be that end's argument.
          word('[', "{[}"),
          // In an optional argument it would be its end.
          word(']', "{]}"),
          word('*', "{*}"),
          word('±', "$\\pm$"),
          word('−', "$-$"),
          word('–', "--"),
          word('·', "$\\cdot$"),
          word('×', "$\\times$"),
          word('→', "$\\to$"),
          word('α', "$\\alpha$"),
          word('β', "$\\beta$"),
          word('λ', "$\\lambda$"),
          word('ρ', "$\\rho$"),
          word('Ψ', "$\\Psi$"));

  private Latex() {}

  private static Map.Entry<Integer, String> word(char character, String latex) {
    return Map.entry((int) character, latex);
  }

  static String escape(String text) {
    return text.codePoints().mapToObj(Latex::escape).collect(Collectors.joining());
  }

  /** As above, of what is printed of numbers: a hyphen before digits is a minus. */
  static String number(String text) {
    return escape(HYPHEN.matcher(text).replaceAll("−"));
  }

  /** A footnote's mark; nothing of an empty one. */
  static String superscript(String mark) {
    return mark.isEmpty() ? "" : "\\textsuperscript{" + mark + "}";
  }

  /** The part of a label that speaks of a name: ASCII letters, digits and hyphens. */
  static String label(String name) {
    String letters = Normalizer.normalize(name, Normalizer.Form.NFD).replaceAll("\\p{M}", "");
    return NO_LABEL.matcher(letters).replaceAll("-").replaceAll("^-|-$", "");
  }

  /** About as many characters as this is set in. */
  static int width(String latex) {
    String text = COMMAND.matcher(latex).replaceAll("");
    return MARKUP.matcher(SYMBOL.matcher(text).replaceAll("x")).replaceAll("").length();
  }

  private static String escape(int character) {
    if (Character.isWhitespace(character)) {
      return " ";
    }
    return WORDS.getOrDefault(
        character, isInEveryFont(character) ? Character.toString(character) : UNKNOWN);
  }

  /** ASCII, and the accented letters that even LaTeX's first encoding composes. */
  private static boolean isInEveryFont(int character) {
    boolean ascii = character >= ' ' && character < 127;
    boolean accented = character >= 'À' && character <= 'ÿ' && "ÐðÞþ×÷".indexOf(character) < 0;
    return ascii || accented;
  }
}
