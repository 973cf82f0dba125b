package dev.twofold.models.evaluation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.TranslatorContext;
import dev.twofold.models.Batch;
import dev.twofold.models.ImageShape;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Batches of images to class probabilities, [n][classes]. */
final class ClassifierTranslator implements NoBatchifyTranslator<Batch, float[][]> {
  private final ImageShape image;

  ClassifierTranslator(ImageShape image) {
    this.image = image;
  }

  @Override
  public NDList processInput(TranslatorContext context, Batch batch) {
    Shape shape = new Shape(batch.size(), image.height(), image.width(), image.channels());
    return new NDList(
        context.getNDManager().create(ByteBuffer.wrap(batch.pixels()), shape, DataType.UINT8));
  }

  @Override
  public float[][] processOutput(TranslatorContext context, NDList output) {
    NDArray probabilities = output.singletonOrThrow(); // [n, classes]
    int n = Math.toIntExact(probabilities.getShape().get(0));
    int classes = Math.toIntExact(probabilities.getShape().get(1));
    float[] flat = probabilities.toFloatArray();
    float[][] rows = new float[n][];
    for (int i = 0; i < n; i++) {
      rows[i] = Arrays.copyOfRange(flat, i * classes, (i + 1) * classes);
    }
    return rows;
  }
}
