package dev.twofold.pipelines.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.twofold.pipelines.configuration.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InvocationTest {
  @TempDir private Path workdir;

  private static Configuration configuration(String... overrides) throws IOException {
    return FreshAttemptTest.read(overrides).configuration();
  }

  private Invocation begin(Set<String> about, Set<String> results) throws IOException {
    return begin(2, about, results);
  }

  private Invocation begin(int attempt, Set<String> about, Set<String> results) throws IOException {
    Invocation begun =
        Invocation.begin(
            workdir,
            configuration(),
            attempt,
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

  /** As one that tracking has refused before it said what it is about. */
  @Test
  void oneOfAnotherAttemptIsNotTakenUp() throws IOException {
    Invocation usual = begin(0, Set.of(), Set.of());
    Invocation fresh = begin(1, Set.of(usual.id()), Set.of());
    assertThat(fresh.id()).isNotEqualTo(usual.id());

    fresh.finish(workdir);
    assertThat(Invocation.latestFirst(workdir, configuration()))
        .extracting(Invocation::attempt, Invocation::finished)
        .containsExactly(tuple(1, true), tuple(0, false));
    assertThat(Files.readString(workdir.resolve(Invocation.file(usual.id()))))
        .as("which an earlier version reads")
        .doesNotContain("attempt");
  }

  @Test
  void areOfOneConfigurationWhateverItSaysOfProcessesThatHang() throws IOException {
    Invocation first = begin(Set.of(), Set.of());
    first.finish(workdir);
    Invocation second = begin(Set.of(), Set.of());

    assertThat(Invocation.latestFirst(workdir, configuration("workers.maxSilentMinutes=5")))
        .extracting(Invocation::id, Invocation::attempt, Invocation::finished)
        .containsExactly(tuple(second.id(), 2, false), tuple(first.id(), 2, true));
    assertThat(Invocation.latestFirst(workdir, configuration("repeats=7"))).isEmpty();
  }

  /** TrackedRunIT has the other case, which takes another process. */
  @Test
  void isNotHeldBeforeAndAfterACommandIsAtWorkOnIt() throws IOException {
    Invocation invocation = begin(Set.of(), Set.of());
    assertThat(invocation.isHeld(workdir)).as("before").isFalse();

    invocation.hold(workdir).close();

    assertThat(invocation.isHeld(workdir)).as("after").isFalse();
  }

  @Test
  void readsThoseOfEarlierVersions() throws IOException {
    Invocation first = begin(Set.of(), Set.of());
    Path file = workdir.resolve(Invocation.file(first.id()));
    Files.writeString(file, Files.readString(file).replace("\"attempt\":2,", ""));

    assertThat(Invocation.latestFirst(workdir, configuration()))
        .containsExactly(new Invocation(first.id(), first.configuration(), 0, false));
  }
}
