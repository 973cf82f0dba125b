package dev.twofold.pipelines.report;

import java.util.Map;
import java.util.stream.Collectors;

/** Text for LaTeX: names are data, so nothing in them is a command or unknown to a font. */
final class Latex {

  private static final String UNKNOWN = "?";

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
