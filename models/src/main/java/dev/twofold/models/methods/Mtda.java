package dev.twofold.models.methods;

import static org.ejml.dense.row.CommonOps_DDRM.mult;

import dev.twofold.models.ClosedForm;
import dev.twofold.models.Fitting;
import dev.twofold.models.Task;
import dev.twofold.models.TaskNetwork;
import dev.twofold.models.layers.Activations;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import dev.twofold.models.methods.FeatureGraph.Sample;
import dev.twofold.models.methods.MtdaSettings.Sharing;
import dev.twofold.models.training.FitObserver;
import dev.twofold.models.training.TaskData;
import dev.twofold.models.training.TrainedUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * MTDA: linear discriminants of several tasks with input spaces of their own, by a projection M_t
 * of each task and a common one P (after Zhang and Yeung, "Multi-Task Learning in Heterogeneous
 * Feature Spaces", AAAI 2011). A reconstruction: the paper's text was not at hand.
 *
 * <pre>
 * z = Pᵀ M_tᵀ (x − x̄_t)                       x [d_t], M_t [d_t, r], P [r, d], z [d]
 *
 *          Σ_t tr(Pᵀ M_tᵀ S_b^t M_t P)
 * max λ = ------------------------------------      PᵀP = I,  M_tᵀ(S_t + εI)M_t = I
 *          Σ_t tr(Pᵀ M_tᵀ (S_w^t + εI) M_t P)
 * </pre>
 *
 * <p>M_t starts as PCA-whitening; then P and the M_t are bettered in turn ({@link TraceRatio}).
 *
 * <p>Under these constraints numerator and denominator add up to T·d, so λ grows with each task's
 * own numerator, of which M_tP alone can reach the highest: the optimum is that of T separate LDAs,
 * which the passes approach from below. {@code sharing: separate} is those LDAs.
 */
public final class Mtda implements ClosedForm {

  private static final String PROJECTION = "projection/kernel";
  private static final String OFFSET = "projection/bias";

  private final MtdaSettings settings;

  public Mtda(MtdaSettings settings) {
    this.settings = settings;
  }

  /** A task's images as vectors, both sides centred by the training side's mean. */
  private record Column(FeatureGraph features, Sample training, Sample test, TaskScatter scatter) {

    Task task() {
      return features.task();
    }

    int classes() {
      return task().classes().size();
    }
  }

  /** What the passes have come to for a task: M_tP, [d_t, d], and the classes in the space of z. */
  private record Discriminants(DMatrixRMaj projection, NearestPrototype classifier) {

    DMatrixRMaj z(Sample sample) {
      return mult(sample.x(), projection, null); // [n, d]
    }

    /** With −x̄ᵀM_tP as the projection's bias. */
    void addTo(Weights weights, DMatrixRMaj mean) {
      DMatrixRMaj offset = mult(mean, projection, null); // [1, d]
      CommonOps_DDRM.changeSign(offset);
      weights.put(PROJECTION, NearestPrototype.weight(projection));
      weights.put(
          OFFSET,
          new Weight(new long[] {offset.numCols}, NearestPrototype.weight(offset).values()));
      classifier.addTo(weights);
    }
  }

  @Override
  public TrainedUnit fit(Fitting fitting, FitObserver observer) {
    checkUnit(fitting);
    long begin = System.nanoTime();
    List<Column> columns = fitting.data().stream().map(data -> column(data, fitting)).toList();
    TraceRatio ratio = start(columns);

    List<Discriminants> discriminants = List.of();
    Map<String, Double> metrics = Map.of();
    int pass = 0;
    double gain = Double.POSITIVE_INFINITY;
    boolean goOn = true;
    while (goOn && pass < settings.iterations() && gain > settings.tolerance()) {
      double before = ratio.value();
      ratio.pass();
      gain = ratio.value() / before - 1;
      pass++;
      discriminants = discriminants(columns, ratio);
      metrics = metrics(columns, discriminants, ratio.value());
      goOn = observer.passed(pass, settings.iterations(), metrics);
    }
    return new TrainedUnit(
        goOn,
        pass,
        (System.nanoTime() - begin) / 1e9,
        metrics,
        columns.stream().map(this::network).toList(),
        weights(columns, discriminants),
        new Weights());
  }

  private void checkUnit(Fitting fitting) {
    int tasks = fitting.data().size();
    if (settings.sharing() == Sharing.SEPARATE && tasks > 1) {
      throw new IllegalArgumentException(
          "Invalid tasks of mtda: %d (must be 1 with sharing: separate)".formatted(tasks));
    }
  }

  private Column column(TaskData data, Fitting fitting) {
    FeatureGraph features =
        switch (settings.features()) {
          case PIXELS -> FeatureGraph.pixels(data.training());
          case AUXILIARY ->
              FeatureGraph.auxiliary(
                  data.training(), fitting.auxiliary().orElseThrow(), fitting.backbone());
        };
    Sample training = features.read(data.training(), fitting.threads());
    check(features.task(), training);
    TaskScatter scatter =
        TaskScatter.of(
            training.x(), training.labels(), features.task().classes().size(), settings.epsilon());
    Sample test = features.read(data.test(), fitting.threads());
    scatter.centre(test.x());
    return new Column(features, training, test, scatter);
  }

  private static void check(Task task, Sample training) {
    for (int label = 0; label < task.classes().size(); label++) {
      int wanted = label;
      if (Arrays.stream(training.labels()).noneMatch(l -> l == wanted)) {
        throw new IllegalArgumentException(
            "Cannot fit task %s: class %s has no training image (must have at least one)"
                .formatted(task.name(), task.classes().get(label)));
      }
    }
    if (areAlike(training.x())) {
      throw new IllegalArgumentException(
          "Cannot fit task %s: its training images are all alike (must differ)"
              .formatted(task.name()));
    }
  }

  private static boolean areAlike(DMatrixRMaj x) {
    return IntStream.range(0, x.getNumElements()).allMatch(i -> x.get(i) == x.get(i % x.numCols));
  }

  private TraceRatio start(List<Column> columns) {
    List<TaskScatter> scatters = columns.stream().map(Column::scatter).toList();
    int r =
        Math.min(settings.r(), scatters.stream().mapToInt(TaskScatter::rank).min().orElseThrow());
    int largest = columns.stream().mapToInt(Column::classes).max().orElseThrow();
    int d = Math.min(r, settings.d() == null ? largest - 1 : settings.d());
    if (settings.sharing() == Sharing.JOINT) {
      return new TraceRatio(scatters, scatters.stream().map(s -> s.whitening(r)).toList(), d);
    }
    DMatrixRMaj discriminants = scatters.get(0).discriminants(d);
    return new TraceRatio(scatters, List.of(discriminants), discriminants.numCols);
  }

  private List<Discriminants> discriminants(List<Column> columns, TraceRatio ratio) {
    List<Discriminants> discriminants = new ArrayList<>();
    for (int t = 0; t < columns.size(); t++) {
      Column column = columns.get(t);
      DMatrixRMaj projection =
          column.scatter().lift(mult(ratio.m(t), ratio.p(), null)); // M_tP, [d_t, d]
      Sample training = column.training();
      NearestPrototype classifier =
          NearestPrototype.of(
              settings.classifier(),
              mult(training.x(), projection, null),
              training.labels(),
              column.classes());
      discriminants.add(new Discriminants(projection, classifier));
    }
    return discriminants;
  }

  private static Map<String, Double> metrics(
      List<Column> columns, List<Discriminants> discriminants, double objective) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("objective", objective);
    for (int t = 0; t < columns.size(); t++) {
      String task = columns.get(t).task().name();
      Discriminants fitted = discriminants.get(t);
      Sample training = columns.get(t).training();
      Sample test = columns.get(t).test();
      metrics.put(
          "loss/" + task, fitted.classifier().crossEntropy(fitted.z(training), training.labels()));
      metrics.put("accuracy/" + task, fitted.classifier().accuracy(fitted.z(test), test.labels()));
    }
    return metrics;
  }

  private TaskNetwork network(Column column) {
    return new TaskNetwork(
        column.task(),
        (tf, p, images) -> {
          Operand<TFloat32> x = column.features().extraction().run(tf, p, images); // [B, d_t]
          Operand<TFloat32> z =
              tf.nn.biasAdd(tf.linalg.matMul(x, p.get(PROJECTION)), p.get(OFFSET)); // [B, d]
          Operand<TFloat32> logits = NearestPrototype.logits(tf, p, z, column.classes());
          return new Activations(List.of(), List.of(x, z), List.of(z, logits));
        });
  }

  private static Weights weights(List<Column> columns, List<Discriminants> discriminants) {
    Weights weights = new Weights();
    for (int t = 0; t < columns.size(); t++) {
      Column column = columns.get(t);
      Weights own = new Weights();
      column.features().weights().all().forEach(own::put);
      discriminants.get(t).addTo(own, column.scatter().mean());
      own.all().forEach((name, weight) -> weights.put(column.task().name() + "/" + name, weight));
    }
    return weights;
  }
}
