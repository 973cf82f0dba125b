package dev.twofold.pipelines.configuration;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The text of a configuration's file. */
final class ConfigurationFile {

  private ConfigurationFile() {}

  /**
   * Reads it.
   *
   * @throws IOException whose message tells a person why the file cannot be read
   */
  static String text(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException("it is a folder (must be a YAML file)");
    }
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no such file", e);
    } catch (AccessDeniedException e) {
      throw new IOException("no permission to read it", e);
    } catch (CharacterCodingException e) {
      throw new IOException("it is not UTF-8 text (save it as UTF-8)", e);
    }
  }
}
