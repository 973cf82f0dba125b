package dev.twofold.pipelines.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InvocationTest {
  private static final Map<String, Object> CONFIGURATION = Map.of("name", "nightly");

  @TempDir private Path workdir;

  private Invocation begin(Set<String> about, Set<String> results) throws IOException {
    Invocation begun =
        Invocation.begin(
            workdir,
            CONFIGURATION,
            earlier -> about.contains(earlier.id()),
            earlier -> results.contains(earlier.id()));
    try {
      Thread.sleep(2); // an id is a time
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return begun;
  }

  @Test
  void anInterruptedOneGoesOnWhereItIsAboutTheSameTrials() throws IOException {
    String first = begin(Set.of(), Set.of()).id();

    assertThat(begin(Set.of(first), Set.of()).id()).isEqualTo(first);
  }

  /** As where a dataset has grown overnight, or {@code --fresh} plans trials of its own. */
  @Test
  void anInterruptedOneThatIsAboutOtherTrialsStaysAsItIs() throws IOException {
    String first = begin(Set.of(), Set.of()).id();
    String second = begin(Set.of(), Set.of()).id();

    assertThat(second).isNotEqualTo(first);
    assertThat(begin(Set.of(first), Set.of()).id())
        .as("which goes on when it is given again")
        .isEqualTo(first);
  }

  @Test
  void oneThatHasEndedIsTakenUpWhereItsResultIsAllThere() throws IOException {
    Invocation first = begin(Set.of(), Set.of());
    first.finish(workdir);

    assertThat(begin(Set.of(first.id()), Set.of()).id()).isNotEqualTo(first.id());
    assertThat(begin(Set.of(), Set.of(first.id())).id()).isEqualTo(first.id());
  }
}
