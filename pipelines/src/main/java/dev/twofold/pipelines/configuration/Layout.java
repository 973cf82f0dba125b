package dev.twofold.pipelines.configuration;

/** How a source says which class an image has. */
public enum Layout {
  CLASS_FILE("class/file"),
  SPLIT_CLASS_FILE("split/class/file"),
  LABELS("labels");

  private final String text;

  Layout(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
