package dev.twofold.models.training;

import dev.twofold.models.Batch;
import dev.twofold.models.BatchSource;
import dev.twofold.models.Construction;
import dev.twofold.models.Construction.Input;
import dev.twofold.models.GraphMethod;
import dev.twofold.models.ImageShape;
import dev.twofold.models.Objective;
import dev.twofold.models.Randomness;
import dev.twofold.models.Refresh;
import dev.twofold.models.Reporter;
import dev.twofold.models.Step;
import dev.twofold.models.Task;
import dev.twofold.models.TaskNetwork;
import dev.twofold.models.layers.Backbone;
import dev.twofold.models.layers.BackboneSettings;
import dev.twofold.models.layers.Net;
import dev.twofold.models.layers.Variable;
import dev.twofold.models.layers.Weights;
import dev.twofold.models.layers.Weights.Weight;
import dev.twofold.models.losses.Losses;
import dev.twofold.models.training.TrainingSettings.Precision;
import dev.twofold.models.training.TrainingSettings.Reduction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/**
 * The training loop. It knows no method by name: a method describes its graph, the loop runs steps
 * and tells the observer.
 */
public final class Trainer implements AutoCloseable {

  private static final int EVALUATION_BATCH = 256;

  /**
   * What trains.
   *
   * @param seed of every random draw
   * @param threads of TensorFlow: with the same seed and threads on the same machine class, the
   *     same bits
   */
  public record Unit(
      GraphMethod method,
      BackboneSettings backbone,
      ColumnStart start,
      TrainingSettings training,
      long seed,
      int threads) {

    /** The same unit with another method. */
    public Unit with(GraphMethod other) {
      return new Unit(other, backbone, start, training, seed, threads);
    }
  }

  private final Unit unit;
  private final List<TaskData> data;
  private final TrainingObserver observer;
  private final Course course;
  private final Net net = new Net();
  private final List<Placeholder<TUint8>> images = new ArrayList<>();
  private final List<Placeholder<TInt32>> labels = new ArrayList<>();
  private final Placeholder<TInt64> dropoutSeed;
  private final Optimiser optimiser;
  private final Objective objective;
  private final List<Op> updates = new ArrayList<>();
  private final List<Operand<TInt64>> predictions = new ArrayList<>();
  private final BatchesAhead batches;
  private final Session session;

  /** Builds the graph and sets the variables to their start. */
  public Trainer(Unit unit, List<TaskData> data, TrainingObserver observer) {
    unit.method().check(shapes(data), unit.backbone());
    this.unit = unit;
    this.data = List.copyOf(data);
    this.observer = observer;
    this.course =
        Course.of(unit.training(), data.stream().map(task -> task.training().size()).toList());
    Ops tf = net.tf();
    this.dropoutSeed = tf.placeholder(TInt64.class, Placeholder.shape(Shape.of(2)));
    this.optimiser = new Optimiser(net, unit.training());
    List<Input> inputs = data.stream().map(this::input).toList();
    this.objective =
        unit.method()
            .build(
                new Construction(
                    net,
                    inputs,
                    unit.backbone(),
                    unit.start(),
                    unit.training(),
                    dropoutSeed,
                    unit.seed()));
    for (Step step : objective.steps()) {
      updates.addAll(optimiser.updates(step, regularised(step)));
    }
    updates.addAll(net.statisticUpdates());
    for (int t = 0; t < inputs.size(); t++) {
      TaskNetwork network = objective.networks().get(t);
      Operand<TFloat32> logits =
          network.forward().run(tf, network.parameters(), inputs.get(t).images()).logits();
      predictions.add(tf.math.argMax(logits, tf.constant(1)));
    }
    this.batches = new BatchesAhead(this::trainingBatches, course.steps());
    this.session = new Session(net.graph(), configuration(unit));
    net.initialise(session);
  }

  private static Map<String, ImageShape> shapes(List<TaskData> data) {
    Map<String, ImageShape> shapes = new LinkedHashMap<>();
    data.forEach(task -> shapes.put(task.name(), task.training().task().shape()));
    return shapes;
  }

  private Input input(TaskData data) {
    Ops tf = net.tf();
    Task task = data.training().task();
    Placeholder<TUint8> pixels =
        tf.placeholder(TUint8.class, Placeholder.shape(Backbone.batchShape(task.shape())));
    Placeholder<TInt32> truth =
        tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE)));
    images.add(pixels);
    labels.add(truth);
    Operand<TFloat32> oneHot =
        tf.oneHot(truth, tf.constant(task.classes().size()), tf.constant(1f), tf.constant(0f));
    return new Input(
        task,
        tf.dtypes.cast(pixels, TFloat32.class),
        oneHot,
        Normalisation.of(data.training()),
        data.labelMap());
  }

  /** Adds λ·‖W‖ of each column whose variables the step trains. */
  private Operand<TFloat32> regularised(Step step) {
    Ops tf = net.tf();
    double lambda = unit.training().normRegulariser();
    if (lambda == 0) {
      return step.loss();
    }
    List<Operand<TFloat32>> terms = new ArrayList<>(List.of(step.loss()));
    for (List<Variable> column : objective.columns()) {
      List<Operand<TFloat32>> trained = new ArrayList<>();
      column.stream()
          .filter(step.variables()::contains)
          .forEach(variable -> trained.add(variable.value()));
      if (!trained.isEmpty()) {
        terms.add(tf.math.mul(Losses.norm(tf, trained), tf.constant((float) lambda)));
      }
    }
    return tf.math.addN(terms);
  }

  private static ConfigProto configuration(Unit unit) {
    ConfigProto.Builder configuration =
        ConfigProto.newBuilder()
            .setIntraOpParallelismThreads(unit.threads())
            .setInterOpParallelismThreads(1)
            .setAllowSoftPlacement(true);
    configuration.getGpuOptionsBuilder().setAllowGrowth(true);
    // It reorders sums, which parts MTAL's twins in the last bit.
    configuration
        .getGraphOptionsBuilder()
        .getRewriteOptionsBuilder()
        .setArithmeticOptimization(RewriterConfig.Toggle.OFF);
    // It takes in whatever stands between convolutions and matrix products, and passes a GPU by.
    if (unit.training().precision() == Precision.BFLOAT16) {
      configuration
          .getGraphOptionsBuilder()
          .getRewriteOptionsBuilder()
          .setAutoMixedPrecisionOnednnBfloat16(RewriterConfig.Toggle.ON);
    }
    return configuration.build();
  }

  /** Of each task; without training, what weights of an earlier one fit into. */
  public List<TaskNetwork> networks() {
    return objective.networks();
  }

  /** Trains to the end, or until the observer stops it. */
  public TrainedUnit train(Optional<Checkpoint> from) {
    from.ifPresent(checkpoint -> net.restore(session, checkpoint.weights()));
    int start = from.map(Checkpoint::step).orElse(0);
    double[] sums = from.map(Checkpoint::lossSums).orElse(new double[data.size()]).clone();
    Clock clock = new Clock(from.map(Checkpoint::seconds).orElse(0.0));
    double[] lastFinite = new double[data.size()];
    Arrays.fill(lastFinite, Double.NaN);
    Map<String, Double> metrics = Map.of();
    observer.started(course, start);
    boolean goOn = true;
    int step = start;
    while (goOn && step < course.steps()) {
      if (step % course.stepsPerEpoch() == 0) {
        Arrays.fill(sums, 0);
      }
      refresh(step);
      double[] losses = step(step);
      checkFinite(step, losses, lastFinite);
      for (int t = 0; t < losses.length; t++) {
        sums[t] += losses[t];
      }
      int epoch = course.epochEndingWith(step);
      step++;
      int done = step;
      Supplier<Checkpoint> checkpoint =
          () -> new Checkpoint(done, clock.seconds(), sums.clone(), net.values(session));
      // First, so that an observer that saves and stops at the step has the epoch behind it.
      if (epoch > 0) {
        metrics = metrics(start, done, sums, clock);
        observer.epochEnded(epoch, done, metrics, checkpoint);
        clock.beginEpoch();
      }
      goOn = observer.stepped(done, losses, checkpoint);
    }
    if (metrics.isEmpty() && step == course.steps()) {
      metrics = metrics(start, step, sums, clock);
    }
    Weights weights = effectiveWeights();
    checkFinite(step, weights, lastFinite);
    return new TrainedUnit(
        step == course.steps(),
        step,
        clock.seconds(),
        metrics,
        objective.networks(),
        weights,
        details());
  }

  /** Seconds of training, over all attempts. */
  private static final class Clock {
    private final double before;
    private final long begin = System.nanoTime();
    private double epochBegan;

    Clock(double before) {
      this.before = before;
      this.epochBegan = before;
    }

    double seconds() {
      return before + (System.nanoTime() - begin) / 1e9;
    }

    double epochSeconds() {
      return seconds() - epochBegan;
    }

    /** What lies between two epochs, such as their evaluation, is in neither. */
    void beginEpoch() {
      epochBegan = seconds();
    }
  }

  private void refresh(int step) {
    for (Refresh refresh : objective.refreshes()) {
      if (step % refresh.every() == 0) {
        Session.Runner runner = session.runner();
        refresh.ops().forEach(runner::addTarget);
        runner.run().close();
      }
    }
  }

  /** One joint step: a batch of every task. Gives the tasks' losses, the mean of their images. */
  private double[] step(int step) {
    List<Tensor> fed = new ArrayList<>();
    Session.Runner runner = session.runner();
    List<Batch> ofTasks = batches.take(step);
    for (int t = 0; t < data.size(); t++) {
      feed(runner, t, ofTasks.get(t), fed);
    }
    long seed = Randomness.hash(unit.seed(), "dropout", step);
    feed(runner, dropoutSeed, TInt64.vectorOf(seed >>> 1, step), fed);
    double rate = course.learningRate(unit.training(), step);
    feed(runner, optimiser.learningRate(), TFloat32.scalarOf((float) rate), fed);
    feed(runner, optimiser.betaPowers(), TFloat32.vectorOf(Optimiser.betaPowers(step)), fed);
    updates.forEach(runner::addTarget);
    objective.losses().forEach(runner::fetch);
    try (Result result = runner.run()) {
      double images = unit.training().reduction() == Reduction.SUM ? unit.training().batch() : 1;
      double[] losses = new double[data.size()];
      for (int t = 0; t < losses.length; t++) {
        losses[t] = ((TFloat32) result.get(t)).getFloat() / images;
      }
      return losses;
    } finally {
      fed.forEach(Tensor::close);
    }
  }

  private List<Batch> trainingBatches(int step) {
    return IntStream.range(0, data.size()).mapToObj(t -> trainingBatch(t, step)).toList();
  }

  private Batch trainingBatch(int t, int step) {
    TaskData task = data.get(t);
    BatchSource source = task.training();
    int batch = unit.training().batch();
    int perPass = (source.size() + batch - 1) / batch;
    Batch images = source.shuffled(unit.seed(), step / perPass, step % perPass, batch);
    return task.augmentation()
        .apply(
            images,
            source.task().shape(),
            Randomness.stream(unit.seed(), "augment/" + task.name(), step));
  }

  private void feed(Session.Runner runner, int t, Batch batch, List<Tensor> fed) {
    var shape = data.get(t).training().task().shape();
    feed(
        runner,
        images.get(t),
        TUint8.tensorOf(
            Shape.of(batch.size(), shape.height(), shape.width(), shape.channels()),
            DataBuffers.of(batch.pixels())),
        fed);
    feed(runner, labels.get(t), TInt32.vectorOf(batch.labels()), fed);
  }

  private static void feed(
      Session.Runner runner, Operand<?> placeholder, Tensor value, List<Tensor> fed) {
    runner.feed(placeholder.asOutput(), value);
    fed.add(value);
  }

  private void checkFinite(int step, double[] losses, double[] lastFinite) {
    for (int t = 0; t < losses.length; t++) {
      if (!Double.isFinite(losses[t])) {
        throw new DivergedException(
            step + 1,
            "the loss of task " + data.get(t).name(),
            losses[t],
            lastFinite[t],
            unit.training().learningRate());
      }
      lastFinite[t] = losses[t];
    }
  }

  /** Losses are of the weights before a step: the last step's show in the weights alone. */
  private void checkFinite(int step, Weights weights, double[] lastFinite) {
    for (int t = 0; t < data.size(); t++) {
      for (Weight weight : weights.below(data.get(t).name() + "/").all().values()) {
        for (float value : weight.values()) {
          if (!Float.isFinite(value)) {
            throw new DivergedException(
                step,
                "a weight of task " + data.get(t).name(),
                value,
                lastFinite[t],
                unit.training().learningRate());
          }
        }
      }
    }
  }

  /**
   * Metrics of the epoch that ends with a step. An attempt that begins within it knows the time of
   * its own steps alone: it has their rate, and no time of the epoch.
   *
   * @param start steps that earlier attempts had done
   * @param step steps done
   */
  private Map<String, Double> metrics(int start, int step, double[] sums, Clock clock) {
    int steps = (step - 1) % course.stepsPerEpoch() + 1;
    int own = Math.min(steps, step - start);
    double seconds = clock.epochSeconds();
    Map<String, Double> metrics = new LinkedHashMap<>();
    for (int t = 0; t < data.size(); t++) {
      metrics.put("loss/" + data.get(t).name(), sums[t] / steps);
    }
    for (int t = 0; t < data.size(); t++) {
      metrics.put("accuracy/" + data.get(t).name(), accuracy(t));
    }
    for (Reporter reporter : objective.reporters()) {
      metrics.putAll(reporter.measure(values(reporter)));
    }
    if (own == steps) {
      metrics.put("time/epoch", seconds);
    }
    if (own > 0) {
      metrics.put(
          "images_per_second",
          (double) own * unit.training().batch() * data.size() / Math.max(seconds, 1e-9));
    }
    return metrics;
  }

  private Function<Variable, float[]> values(Reporter reporter) {
    Map<String, Operand<TFloat32>> operands = new LinkedHashMap<>();
    reporter.reads().forEach(variable -> operands.put(variable.name(), variable.value()));
    Weights weights = Net.fetch(session, operands);
    return variable -> weights.get(variable.name()).values();
  }

  /** Accuracy of a task on its test side, with the weights as they are. */
  double accuracy(int t) {
    BatchSource test = data.get(t).test();
    int right = 0;
    for (int from = 0; from < test.size(); from += EVALUATION_BATCH) {
      Batch batch = test.inOrder(from, Math.min(test.size(), from + EVALUATION_BATCH));
      long[] predicted = predict(t, batch);
      for (int i = 0; i < predicted.length; i++) {
        right += predicted[i] == batch.labels()[i] ? 1 : 0;
      }
    }
    return (double) right / test.size();
  }

  private long[] predict(int t, Batch batch) {
    List<Tensor> fed = new ArrayList<>();
    Session.Runner runner = session.runner().fetch(predictions.get(t));
    feed(runner, t, batch, fed);
    try (Result result = runner.run()) {
      TInt64 tensor = (TInt64) result.get(0);
      long[] predicted = new long[batch.size()];
      tensor.copyTo(DataBuffers.of(predicted));
      return predicted;
    } finally {
      fed.forEach(Tensor::close);
    }
  }

  private Weights effectiveWeights() {
    Map<String, Operand<TFloat32>> operands = new LinkedHashMap<>();
    for (TaskNetwork network : objective.networks()) {
      network
          .parameters()
          .all()
          .forEach((name, operand) -> operands.put(network.task().name() + "/" + name, operand));
    }
    return Net.fetch(session, operands);
  }

  private Weights details() {
    Weights details = new Weights();
    for (Reporter reporter : objective.reporters()) {
      reporter.details(values(reporter)).all().forEach(details::put);
    }
    return details;
  }

  @Override
  public void close() {
    batches.close();
    session.close();
    net.close();
  }
}
