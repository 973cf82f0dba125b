package dev.twofold.models.evaluation;

import ai.djl.MalformedModelException;
import ai.djl.inference.Predictor;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslateException;
import dev.twofold.models.Batch;
import dev.twofold.models.ImageShape;
import dev.twofold.models.export.SavedModels;
import java.io.IOException;
import java.nio.file.Path;

/** An exported SavedModel, loaded through DJL's TensorFlow engine. */
public final class Classifier implements AutoCloseable {

  static final String ENGINE = "TensorFlow";

  private final ZooModel<Batch, float[][]> model;
  private final Predictor<Batch, float[][]> predictor;

  private Classifier(ZooModel<Batch, float[][]> model) {
    this.model = model;
    this.predictor = model.newPredictor();
  }

  /**
   * Loads a model.
   *
   * @throws IOException when the folder holds no model that the engine can load
   */
  public static Classifier load(Path savedModel, ImageShape image) throws IOException {
    return load(savedModel, SavedModels.SIGNATURE, image);
  }

  /** Loads one signature of a model that has several. */
  public static Classifier load(Path savedModel, String signature, ImageShape image)
      throws IOException {
    NativeLibraries.announce();
    Criteria<Batch, float[][]> criteria =
        Criteria.builder()
            .setTypes(Batch.class, float[][].class)
            .optEngine(ENGINE)
            .optModelPath(savedModel)
            .optOption("Tags", "serve")
            .optOption("SignatureDefKey", signature)
            .optTranslator(new ClassifierTranslator(image))
            .build();
    try {
      return new Classifier(criteria.loadModel());
    } catch (ModelNotFoundException | MalformedModelException e) {
      throw new IOException("Cannot load model %s: %s".formatted(savedModel, e.getMessage()), e);
    }
  }

  /** Class probabilities of each image, [n][classes]. */
  public float[][] predict(Batch batch) throws IOException {
    try {
      return predictor.predict(batch);
    } catch (TranslateException e) {
      throw new IOException("Cannot predict: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    predictor.close();
    model.close();
  }
}
