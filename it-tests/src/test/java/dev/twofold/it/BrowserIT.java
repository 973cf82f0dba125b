package dev.twofold.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.twofold.it.MlflowServer.TrackedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** What a person sees of a run: MLflow's charts as they open, two runs side by side, the report. */
@EnabledIf(
    value = "dev.twofold.it.Browser#isInstalled",
    disabledReason = "no Chromium (chromium, chromium-browser or google-chrome on the PATH)")
final class BrowserIT {
  private static final String EXPERIMENT = "small";
  private static final List<String> TASKS = List.of("grey", "colour");

  /** Goes to a section of the charts page, and tells what its cards and those around it show. */
  private static final String CARDS =
      """
      (() => {
        const all = name =>
            [...document.querySelectorAll(`[data-testid=experiment-view-compare-runs-${name}]`)];
        all('section-header').find(each => each.textContent.startsWith('%s('))?.scrollIntoView();
        const cards = {};
        for (const card of all('card')) {
          const drawn = card.querySelectorAll('path.js-line').length;
          const curves = card.querySelector('.js-plotly-plot')?.data ?? [];
          cards[card.querySelector('h4').title] = {
            curves: drawn === 0 || drawn < curves.length ? {}
                : Object.fromEntries(curves.map(each => [each.name, each.y.at(-1)])),
            pictures: [...card.querySelectorAll('img')].filter(each => each.naturalWidth > 0).length
          };
        }
        return cards;
      })()
      """;

  /** Of the page that compares runs; names and values of metrics are two grids side by side. */
  private static final String ROWS =
      """
      (() => {
        const rows = {};
        for (const row of document.querySelectorAll('tr')) {
          const [name, ...values] = [...row.cells].map(each => each.textContent);
          rows[name] = values;
        }
        const grids = [...document.querySelectorAll('[role=grid]')];
        for (const name of document.querySelectorAll('[role=grid] a[href^="#/metric?"]')) {
          const values = grids[grids.indexOf(name.closest('[role=grid]')) + 1];
          const top = name.parentElement.style.top;
          rows[name.textContent] = [...values.querySelectorAll('[role=rowgroup] > div')]
              .filter(each => each.style.top === top)
              .map(each => each.textContent);
        }
        return rows;
      })()
      """;

  private static final String REQUESTED =
      "performance.getEntriesByType('resource').map(each => each.name)";

  private static final String ACCURACIES =
      """
      [...document.querySelector('#accuracy ~ .wide').querySelectorAll('tbody tr')]
          .map(row => [...row.cells].map(each => each.textContent).join(' '))
      """;

  private static final String DEAD_LINKS =
      """
      [...document.querySelectorAll('nav a')]
          .filter(each => !document.querySelector(each.hash))
          .map(each => each.textContent)
      """;

  /** The charts in which every method of the legend above them has a line in its colour. */
  private static final String CHARTS_OF_ALL =
      """
      (() => {
        const methods = document.querySelector('#curves ~ .legend');
        const colours = [...methods.querySelectorAll('i')].map(each => each.style.backgroundColor);
        const hasAll = chart => {
          const lines = [...chart.querySelectorAll('svg *')].map(each => each.style.stroke);
          return colours.every(each => lines.includes(each));
        };
        return [...document.querySelectorAll('figure')].filter(hasAll)
            .map(each => each.querySelector('figcaption').textContent);
      })()
      """;

  private static final String PICTURES =
      """
      [...document.querySelectorAll('img')].map(each => each.naturalWidth > 0 ? 'shown' : 'broken')
      """;

  @TempDir private static Path folderOfServer;
  @TempDir private static Path folder;
  @TempDir private static Path profile;
  private static Home home;
  private static Browser browser;
  private static Cli.Ended run;
  private static MlflowServer server;
  private static TrackedRun mtal;
  private static TrackedRun damtl;

  /** The last values of the curves by their runs, where all of them are drawn, and the pictures. */
  private record Card(Map<String, Double> curves, int pictures) {}

  @BeforeAll
  static void runTwoMethods() throws IOException, InterruptedException {
    home = new Home(folderOfServer);
    browser = Browser.start(profile);
    Setting.write(folder);
    run =
        home.cli(folder)
            .run(
                "run",
                Setting.CONFIGURATION,
                "--set",
                "methods={mtal: {threshold: 0.4}, damtl: {}}",
                "--set",
                "repeats=1",
                "--set",
                "tracking.uri=local")
            .expect(0);
    server = MlflowServer.of(run);
    mtal = named("mtal · pair · 1");
    damtl = named("damtl · pair · 1");
  }

  @AfterAll
  static void stop() throws IOException, InterruptedException {
    try {
      browser.stop();
    } finally {
      home.stop();
    }
  }

  private static TrackedRun named(String name) throws IOException, InterruptedException {
    return server.runs(EXPERIMENT).stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** At the address that the run ends with, and without a click. */
  @Test
  void theExperimentOpensWithItsCharts() throws InterruptedException {
    browser.open(MlflowServer.page(run));
    browser.eventually(
        () ->
            assertThat(browser.texts("[data-testid$=compare-runs-section-header]"))
                .extracting(header -> header.replaceFirst("\\(\\d+\\).*", ""))
                .contains("accuracy", "activation", "confusion", "loss", "sharing")
                .contains("sparsity/grey", "sparsity/colour", "test_accuracy"));
    seeCurves("accuracy", "accuracy/grey", mtal, damtl);
    seeCurves("accuracy", "accuracy/colour", mtal, damtl);
    seePictures("confusion", "confusion/grey", 2);
    seeCurves("loss", "loss/grey", mtal, damtl);
    seeCurves("loss", "loss/colour", mtal, damtl);
    seeCurves("sharing", "sharing/total", mtal);
    seeCurves("sparsity/grey", "sparsity/grey/total", damtl);
  }

  /** Curves of these runs and of no other, which end where the runs ended. */
  private static void seeCurves(String section, String metric, TrackedRun... runs)
      throws InterruptedException {
    Map<String, Double> expected =
        Stream.of(runs)
            .collect(Collectors.toMap(TrackedRun::name, each -> each.metrics().get(metric)));
    browser.eventually(
        () ->
            assertThat(cards(section))
                .hasEntrySatisfying(
                    metric, card -> assertThat(card.curves()).as(metric).isEqualTo(expected)));
  }

  private static void seePictures(String section, String figure, int pictures)
      throws InterruptedException {
    browser.eventually(
        () -> assertThat(cards(section)).containsEntry(figure, new Card(Map.of(), pictures)));
  }

  private static Map<String, Card> cards(String section) throws InterruptedException {
    return browser.ask(CARDS.formatted(section), new TypeReference<>() {});
  }

  @Test
  void twoMethodsAreComparedMetricByMetric() throws IOException, InterruptedException {
    browser.open(server.comparison(EXPERIMENT, mtal, damtl));
    browser.eventually(
        () ->
            assertThat(rows())
                .containsEntry("Run Name:", List.of(mtal.name(), damtl.name()))
                .containsKeys("accuracy/grey", "sharing/conv2_1"));
    Map<String, List<String>> rows = rows();
    for (String task : TASKS) {
      for (String metric : List.of("accuracy/" + task, "loss/" + task)) {
        assertThat(rows.get(metric)).as(metric).hasSize(2);
        seeValue(rows.get(metric).get(0), mtal, metric);
        seeValue(rows.get(metric).get(1), damtl, metric);
      }
    }
    seeValue(rows.get("sharing/conv2_1").get(0), mtal, "sharing/conv2_1");
    assertThat(rows.get("sharing/conv2_1").get(1)).as("what damtl has none of").isEqualTo("NaN");
  }

  private static Map<String, List<String>> rows() throws InterruptedException {
    return browser.ask(ROWS, new TypeReference<>() {});
  }

  private static void seeValue(String shown, TrackedRun of, String metric) {
    assertThat(Double.parseDouble(shown))
        .as("%s of %s", metric, of.name())
        .isCloseTo(of.metrics().get(metric), within(0.0006));
  }

  /** As it comes by mail: one file, and no network. */
  @Test
  void theReportIsWholeByItself(@TempDir Path elsewhere) throws IOException, InterruptedException {
    Path report = Path.of(run.after("Report: "));
    browser.open(Files.copy(report, elsewhere.resolve("report.html")).toUri());
    assertThat(browser.complaints()).as("errors on its console").isEmpty();
    assertThat(list(REQUESTED)).as("what it asked for").isEmpty();

    assertThat(list(ACCURACIES)).containsExactly(accuracies(mtal), accuracies(damtl));
    assertThat(browser.texts("nav a")).contains("Accuracy", "Curves", "Sharing and masks");
    assertThat(list(DEAD_LINKS)).as("links to nothing").isEmpty();
    assertThat(list(CHARTS_OF_ALL))
        .contains("grey · accuracy", "colour · accuracy", "grey · loss", "colour · loss");
    assertThat(list(PICTURES)).isNotEmpty().containsOnly("shown");
  }

  /** A row of the table, whose mean is over the tasks. */
  private static String accuracies(TrackedRun run) {
    String numbers =
        Stream.of("grey", "colour", "mean")
            .map(task -> run.metrics().get("test_accuracy/" + task))
            .map(accuracy -> String.format(Locale.ROOT, "%.3f", accuracy))
            .collect(Collectors.joining(" "));
    return "%s 1 %s".formatted(run.tags().get("method"), numbers);
  }

  @Test
  void whatAPageMissesIsComplainedOf(@TempDir Path elsewhere)
      throws IOException, InterruptedException {
    String html =
        "<title>broken</title><img src='http://example.org/a.png'><script>nothing()</script>";
    browser.open(Files.writeString(elsewhere.resolve("broken.html"), html).toUri());
    browser.eventually(
        () ->
            assertThat(browser.complaints())
                .hasSize(2)
                .anyMatch(complaint -> complaint.contains("ERR_NAME_NOT_RESOLVED"))
                .anyMatch(complaint -> complaint.contains("nothing is not defined")));
    assertThat(list(REQUESTED)).containsExactly("http://example.org/a.png");
    assertThat(list(PICTURES)).containsExactly("broken");
  }

  private static List<String> list(String expression) throws InterruptedException {
    return browser.ask(expression, new TypeReference<>() {});
  }
}
