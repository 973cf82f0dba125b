package dev.twofold.models.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a confusion matrix says of a classifier.
 *
 * @param confusion rows are true classes, columns predicted ones
 */
public record Scores(List<List<Integer>> confusion) {

  public Scores {
    confusion = confusion.stream().map(List::copyOf).toList();
  }

  /** Counts predictions. */
  public static Scores of(int classes, List<Integer> truth, List<Integer> predicted) {
    int[][] counts = new int[classes][classes];
    for (int i = 0; i < truth.size(); i++) {
      counts[truth.get(i)][predicted.get(i)]++;
    }
    List<List<Integer>> rows = new ArrayList<>();
    for (int[] row : counts) {
      rows.add(Arrays.stream(row).boxed().toList());
    }
    return new Scores(rows);
  }

  public double accuracy() {
    int right = 0;
    int all = 0;
    for (int k = 0; k < confusion.size(); k++) {
      right += confusion.get(k).get(k);
      all += support(k);
    }
    return (double) right / all;
  }

  /** Test images of class k. */
  public int support(int k) {
    return confusion.get(k).stream().mapToInt(Integer::intValue).sum();
  }

  /** Of those predicted as k, the fraction that is k; 0 where none is predicted. */
  public double precision(int k) {
    return predicted(k) == 0 ? 0 : (double) confusion.get(k).get(k) / predicted(k);
  }

  /** Of those that are k, the fraction predicted as k; 0 where there is none. */
  public double recall(int k) {
    return support(k) == 0 ? 0 : (double) confusion.get(k).get(k) / support(k);
  }

  /** Harmonic mean of precision and recall; 0 where both are. */
  public double f1(int k) {
    double sum = precision(k) + recall(k);
    return sum == 0 ? 0 : 2 * precision(k) * recall(k) / sum;
  }

  /** Mean F1 of the classes that test, or that are predicted: of others F1 says nothing. */
  public double macroF1() {
    return IntStream.range(0, confusion.size())
        .filter(k -> support(k) + predicted(k) > 0)
        .mapToDouble(this::f1)
        .average()
        .orElse(0);
  }

  private int predicted(int k) {
    return confusion.stream().mapToInt(row -> row.get(k)).sum();
  }
}
