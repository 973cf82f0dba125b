package dev.twofold.pipelines.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twofold.pipelines.report.Spread;
import dev.twofold.pipelines.report.Summary;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResultEventTest {

  @Test
  void tellsEveryNumberOfTheTableOnOneLine() {
    Spread half = new Spread(2, .5, .25);
    Spread one = new Spread(1, .75, Double.NaN);
    Spread none = new Spread(0, Double.NaN, Double.NaN);
    Spread seconds = new Spread(2, 10, 1);
    Summary.Row mtal = row("mtal (threshold = 0.4)", half, seconds);
    Summary.Row damtl = row("damtl", one, one);
    Summary.Row failed = row("multi-task", none, none);
    Summary summary =
        new Summary(
            List.of(new Summary.Table("pair", List.of("grey"), List.of(mtal, damtl, failed))));

    ResultEvent event =
        new ResultEvent(
            "summary-20260101-020000-000",
            3,
            false,
            summary,
            List.of("multi-task · pair · 1: \"why\"\nnot"),
            List.of(),
            List.of("Run damtl: cannot send model grey"),
            Optional.of(Path.of("/data/report.html")),
            Optional.of(URI.create("http://127.0.0.1:5151/#/experiments/1")));

    assertThat(event.json())
        .isEqualTo(
            "{\"event\":\"result\",\"summary\":\"summary-20260101-020000-000\","
                + "\"attempt\":3,\"interrupted\":false,\"rows\":["
                + "{\"group\":\"pair\",\"method\":\"mtal (threshold = 0.4)\",\"task\":\"grey\","
                + "\"accuracy\":0.5,\"deviation\":0.25,\"repeats\":2,\"planned\":2},"
                + "{\"group\":\"pair\",\"method\":\"damtl\",\"task\":\"grey\","
                + "\"accuracy\":0.75,\"repeats\":1,\"planned\":2},"
                + "{\"group\":\"pair\",\"method\":\"multi-task\",\"task\":\"grey\","
                + "\"repeats\":0,\"planned\":2}],"
                + "\"failures\":[\"multi-task · pair · 1: \\\"why\\\"\\nnot\"],\"undelivered\":[],"
                + "\"warnings\":[\"Run damtl: cannot send model grey\"],"
                + "\"report\":\"/data/report.html\","
                + "\"mlflow\":\"http://127.0.0.1:5151/#/experiments/1\"}");
  }

  @Test
  void hasNoAddressesWhereThereAreNone() {
    ResultEvent event =
        new ResultEvent(
            "summary-20260101-020000-000",
            0,
            true,
            new Summary(List.of()),
            List.of(),
            List.of("mtal: away"),
            List.of(),
            Optional.empty(),
            Optional.empty());

    assertThat(event.json())
        .isEqualTo(
            "{\"event\":\"result\",\"summary\":\"summary-20260101-020000-000\","
                + "\"attempt\":0,\"interrupted\":true,\"rows\":[],\"failures\":[],"
                + "\"undelivered\":[\"mtal: away\"],\"warnings\":[]}");
  }

  private static Summary.Row row(String name, Spread accuracy, Spread seconds) {
    return new Summary.Row(name, name, 2, seconds.n(), List.of(accuracy));
  }
}
