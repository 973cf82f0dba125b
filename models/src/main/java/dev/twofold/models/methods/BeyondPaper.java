package dev.twofold.models.methods;

import java.util.List;

/** Settings of a method that can leave its paper. */
public interface BeyondPaper {

  /**
   * Values that no paper has but this repository, as configurations write them, such as {@code
   * pick: mutual}; empty where the method is its paper's.
   */
  List<String> beyondPaper();
}
