package dev.twofold.pipelines.configuration;

import dev.twofold.models.training.Augmentation;
import dev.twofold.transforms.images.Fit;
import dev.twofold.transforms.parquet.Split;

/**
 * A dataset, as it comes and as it is used.
 *
 * @param source folder, {@code .zip}, {@code .tar} or {@code .tar.gz}
 * @param layout {@code class/file}, {@code split/class/file}, or {@code labels} with a file of
 *     labels
 * @param labels for layout {@code labels}: a CSV or TSV file whose first line names its columns,
 *     file, label and, where there are splits, split
 * @param classNames a TSV file that names classes whose folders are coded, such as ImageNet's
 * @param classes names of the classes to use, or how many to draw; all of them when left out
 * @param seed of the draw; the configuration's when left out
 * @param size working size in pixels: one number, or [height, width]
 * @param channels 1 (grey) or 3 (RGB)
 * @param fit how images come to their working size
 * @param limit most images a class
 * @param split keys that differ from the configuration's {@code split}; a {@code split/class/file}
 *     is split as it is itself unless a mode is given here, and labels with a column split need a
 *     mode
 * @param augment random changes of training images
 * @param labelMap class here to class of the auxiliary task, or a CSV or TSV file of such pairs;
 *     equal names map by themselves
 */
public record DatasetSettings(
    @Required String source,
    Layout layout,
    String labels,
    String classNames,
    ClassChoice classes,
    Long seed,
    ImageSize size,
    Integer channels,
    Fit fit,
    Integer limit,
    Overlay<SplitSettings> split,
    Overlay<Augmentation> augment,
    LabelMap labelMap) {

  /** Of the tuned preset: shift and flip. */
  static final Augmentation AUGMENT = new Augmentation(2, true);

  public DatasetSettings {
    layout = layout == null ? Layout.CLASS_FILE : layout;
    size = size == null ? new ImageSize(32, 32) : size;
    channels = channels == null ? 3 : channels;
    fit = fit == null ? Fit.STRETCH : fit;
    labelMap = labelMap == null ? LabelMap.NONE : labelMap;
    if (channels != 1 && channels != 3) {
      throw new IllegalArgumentException(
          "Invalid channels: %d (must be 1 or 3)".formatted(channels));
    }
    if (limit != null && limit < 1) {
      throw new IllegalArgumentException("Invalid limit: %d (must be at least 1)".formatted(limit));
    }
    if ((layout == Layout.LABELS) != (labels != null)) {
      throw new IllegalArgumentException(
          "Invalid layout: %s with labels %s (must be layout: labels with a file, or neither)"
              .formatted(layout, labels));
    }
  }

  /** The split, defaults filled in. */
  SplitSettings effectiveSplit(SplitSettings usual) {
    boolean asTheSource = layout == Layout.SPLIT_CLASS_FILE && !split.gives("mode");
    return split.over(asTheSource ? usual.with(Split.Mode.SOURCE) : usual);
  }

  /** Random changes of training images, defaults filled in. */
  public Augmentation effectiveAugment() {
    return augment.over(AUGMENT);
  }
}
