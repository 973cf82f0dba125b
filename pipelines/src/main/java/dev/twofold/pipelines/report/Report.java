package dev.twofold.pipelines.report;

import dev.twofold.transforms.artifacts.FileTrouble;
import dev.twofold.transforms.evaluation.Fonts;
import freemarker.core.HTMLOutputFormat;
import freemarker.template.Configuration;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Writes a run's report: one HTML file that needs no network, and its tables for other tools. */
public final class Report {

  private Report() {}

  /**
   * Writes {@code report.html}, its tables as {@code report.md} and {@code report.tex}, and those
   * of docs/reports.md as CSV.
   *
   * @return path of the HTML file
   * @throws UncheckedIOException when they cannot be written, as on a full disk
   */
  public static Path write(ReportData data, Path directory) {
    try {
      Files.createDirectories(directory);
      return writeFiles(data, directory);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot write the report: " + FileTrouble.reason(directory, e), e);
    }
  }

  private static Path writeFiles(ReportData data, Path directory) throws IOException {
    Path html = directory.resolve("report.html");
    Files.writeString(html, html(data), StandardCharsets.UTF_8);
    Files.writeString(directory.resolve("report.md"), MarkdownReport.of(data));
    Files.writeString(directory.resolve("report.tex"), LatexReport.of(data));
    Files.writeString(directory.resolve("report.csv"), CsvReport.table(data));
    Files.writeString(directory.resolve("tests.csv"), CsvReport.tests(data));
    Files.writeString(directory.resolve("shares.csv"), CsvReport.shares(data));
    Files.writeString(directory.resolve("trials.csv"), CsvReport.trials(data));
    Files.writeString(directory.resolve("classes.csv"), CsvReport.classes(data));
    Files.writeString(directory.resolve("confusion.csv"), CsvReport.confusion(data));
    return html;
  }

  /** What there is to say of a report that is written here: that its charts are missing. */
  public static Optional<String> remark() {
    return Fonts.found()
        ? Optional.empty()
        : Optional.of("Its charts are not drawn: Java found no font. " + Fonts.REMEDY);
  }

  static String html(ReportData data) throws IOException {
    try {
      StringWriter html = new StringWriter();
      templates()
          .getTemplate("report.ftlh")
          .process(Map.of("page", new PageBuilder(data).build()), html);
      return html.toString();
    } catch (TemplateException e) {
      throw new IllegalStateException("Cannot fill the report's template", e);
    }
  }

  private static Configuration templates() {
    Configuration templates = new Configuration(Configuration.VERSION_2_3_34);
    templates.setClassForTemplateLoading(Report.class, "");
    templates.setOutputFormat(HTMLOutputFormat.INSTANCE);
    templates.setDefaultEncoding("UTF-8");
    templates.setLocale(Locale.ROOT);
    templates.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
    templates.setLogTemplateExceptions(false);
    return templates;
  }
}
