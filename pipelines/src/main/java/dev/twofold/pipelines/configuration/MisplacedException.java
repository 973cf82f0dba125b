package dev.twofold.pipelines.configuration;

import java.util.List;
import java.util.stream.Collectors;

/** A record refused some of its values; carries each refusal with the place of the value. */
final class MisplacedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<Problem> problems;

  MisplacedException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  List<Problem> problems() {
    return problems;
  }
}
