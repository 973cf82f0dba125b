package dev.twofold.pipelines.configuration;

import dev.twofold.transforms.parquet.Split;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which images train and which test.
 *
 * @param mode {@code hash} ranks the contents of each class by a hash, {@code source} takes the
 *     splits of the dataset
 * @param test fraction of each class's distinct images that test, in (0, 1)
 * @param salt of the hash
 * @param over whether all repeats share one split, or the repeat's number salts the hash, so that
 *     the deviation covers the choice of test images too
 * @param only source splits whose images are used at all; all of them when left out
 * @param validation fraction of each class's distinct training images that test in place of the
 *     test images, in (0, 1), so that settings are chosen without these; none when left out
 * @param object regular expression that finds in an image's path the name of the object that it
 *     shows, in its first group or as a whole: all images of an object then stand on one side, and
 *     the fractions are of objects; each image for itself when left out, and where the source's own
 *     splits are the sides
 * @param searched what a search for settings over this split has looked at: its images train as
 *     before, and are in no score of a test; nothing when left out, or beside {@code validation},
 *     which makes the experiment such a search
 */
public record SplitSettings(
    Split.Mode mode,
    double test,
    String salt,
    Over over,
    List<String> only,
    Double validation,
    String object,
    Searched searched) {

  /** The 70/30 split of both papers. */
  static final SplitSettings DEFAULT =
      new SplitSettings(
          Split.Mode.HASH, 0.3, "twofold", Over.PER_REPEAT, List.of(), null, null, null);

  /** What a split is made for. */
  public enum Over {
    FIXED,
    PER_REPEAT
  }

  /**
   * The validation images of a search: of an experiment with {@code split.validation} that chose
   * settings, on images of the same size and fit. What is left out is as the default split has it,
   * whatever the split of this experiment is.
   *
   * @param repeats of the search
   * @param validation its {@code split.validation}
   * @param test its {@code split.test}
   * @param salt its {@code split.salt}
   * @param over its {@code split.over}
   * @param object its {@code split.object}
   */
  public record Searched(
      @Required int repeats,
      @Required double validation,
      Double test,
      String salt,
      Over over,
      String object) {

    public Searched {
      test = test == null ? DEFAULT.test : test;
      salt = salt == null ? DEFAULT.salt : salt;
      over = over == null ? DEFAULT.over : over;
      if (repeats < 1) {
        throw new IllegalArgumentException(
            "Invalid split.searched.repeats: %d (must be at least 1)".formatted(repeats));
      }
      try {
        split(test, salt, over, List.of(), validation, object);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            e.getMessage().replaceFirst("split\\.", "split.searched."), e);
      }
    }

    private List<Split> splits(List<String> only) {
      SplitSettings own = split(test, salt, over, only, validation, object);
      return IntStream.rangeClosed(1, repeats).mapToObj(own::of).distinct().toList();
    }

    private static SplitSettings split(
        double test, String salt, Over over, List<String> only, double validation, String object) {
      return new SplitSettings(Split.Mode.HASH, test, salt, over, only, validation, object, null);
    }
  }

  public SplitSettings {
    only = List.copyOf(only);
    if (!(test > 0 && test < 1)) {
      throw new IllegalArgumentException(
          "Invalid split.test: %s (must be in (0, 1))".formatted(test));
    }
    if (validation != null && !(validation > 0 && validation < 1)) {
      throw new IllegalArgumentException(
          "Invalid split.validation: %s (must be in (0, 1))".formatted(validation));
    }
    if (object != null) {
      Split.checkPattern(object);
    }
  }

  /** The split of one repeat, 1-based; all methods of a repeat have the same. */
  public Split of(int repeat) {
    return split(over == Over.PER_REPEAT ? salt + "-" + repeat : salt, validation);
  }

  /**
   * The splits whose test sides a search has looked at; none where none is named, nor where it
   * cannot have met what tests here: a source's own test images, or a validation cut.
   */
  public List<Split> searchedSplits() {
    return searched == null || validation != null || mode == Split.Mode.SOURCE
        ? List.of()
        : searched.splits(only);
  }

  /** Whether the two have the same images on the same sides. */
  public boolean splitsAs(SplitSettings other) {
    return with((Searched) null).equals(other.with((Searched) null));
  }

  /** The split of what is trained once, whatever the repeats, and chosen by nothing. */
  public Split fixed() {
    return split(salt, null);
  }

  /** Whether no image of a source that trains by this split tests by the other one. */
  public boolean trainsApartFromTestsOf(SplitSettings other) {
    boolean ofOtherSplits =
        !only.isEmpty() && !other.only.isEmpty() && Collections.disjoint(only, other.only);
    boolean testsHeldOut =
        (other.mode == Split.Mode.SOURCE && other.validation == null)
            || (!other.only.isEmpty() && Split.HELD_OUT.containsAll(other.only));
    return ofOtherSplits || (mode == Split.Mode.SOURCE && testsHeldOut);
  }

  private SplitSettings with(Searched newSearched) {
    return new SplitSettings(mode, test, salt, over, only, validation, object, newSearched);
  }

  SplitSettings with(Split.Mode newMode) {
    return new SplitSettings(newMode, test, salt, over, only, validation, object, searched);
  }

  /**
   * Without a cut fraction, salt and objects mean nothing to a source's own split, so there they
   * must not change a key.
   */
  private Split split(String effectiveSalt, Double cut) {
    return mode == Split.Mode.SOURCE
        ? new Split(
            mode,
            DEFAULT.test,
            cut == null ? "" : effectiveSalt,
            only,
            cut,
            cut == null ? null : object)
        : new Split(mode, test, effectiveSalt, only, cut, object);
  }
}
