package dev.twofold.pipelines.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** Versions of what a run's numbers depend on: written into the jar when it was built. */
public final class Versions {

  private Versions() {}

  /** Component → version; the commit is empty when the build had none. */
  public static Map<String, String> all() {
    Properties properties = new Properties();
    try (InputStream in = Versions.class.getResourceAsStream("/versions.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read versions.properties", e);
    }
    Map<String, String> versions = new TreeMap<>();
    properties
        .stringPropertyNames()
        .forEach(name -> versions.put(name, properties.getProperty(name)));
    versions.put("java", System.getProperty("java.version"));
    versions.put("commit", System.getenv().getOrDefault("TWOFOLD_COMMIT", ""));
    return versions;
  }

  public static String tensorflow() {
    return all().get("tensorflow");
  }
}
