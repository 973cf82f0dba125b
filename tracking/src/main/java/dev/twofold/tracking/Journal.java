package dev.twofold.tracking;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Reads one event log from a byte offset on: complete lines only, and where asked no further than
 * the last mark.
 */
final class Journal {
  /** How much is looked at in one go; a longer stretch without a mark is looked at whole. */
  private static final int SLICE_BYTES = 4 << 20;

  /**
   * Enough of a log's start to tell it from another one in its place, since a first line holds a
   * time; and enough before an offset to hold the end of a line or two.
   */
  private static final int COMPARED_BYTES = 512;

  enum Extent {
    /** Up to the last checkpoint or done line: what a restart keeps. */
    LAST_MARK,
    /** Up to the last complete line. */
    LAST_LINE
  }

  /** An event and the offset of the byte after it. */
  record Entry(JsonNode event, long end) {
    String type() {
      return event.path("event").asText();
    }
  }

  /**
   * What was read from an offset on.
   *
   * @param unreadable lines that are no JSON objects, shortened
   * @param end the offset to read on from
   * @param more whether the log may go on there
   */
  record Slice(List<Entry> entries, List<String> unreadable, long end, boolean more) {
    static Slice empty(long offset) {
      return new Slice(List.of(), List.of(), offset, false);
    }
  }

  private final Path file;

  Journal(Path file) {
    this.file = file;
  }

  boolean exists() {
    return Files.exists(file);
  }

  /** 0 where there is no log yet. */
  long size() {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0;
    }
  }

  /**
   * What tells this log from another one that takes its place, or from itself cut back and written
   * on: its beginning, and what stands before the offset. The same for a log that only grew.
   */
  String before(long offset) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      int length = (int) Math.min(offset, COMPARED_BYTES);
      ByteArrayOutputStream compared = new ByteArrayOutputStream();
      compared.write(in.readNBytes(length));
      in.skipNBytes(Math.max(0, offset - 2L * length));
      compared.write(in.readNBytes((int) Math.min(length, offset - length)));
      return compared.size() < Math.min(offset, 2L * length)
          ? "shorter"
          : sha256(compared.toByteArray());
    } catch (EOFException e) {
      return "shorter";
    } catch (NoSuchFileException e) {
      return "gone";
    }
  }

  Slice read(long offset, Extent extent) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      in.skipNBytes(offset);
      return slice(in, offset, extent);
    } catch (NoSuchFileException e) {
      return Slice.empty(offset);
    }
  }

  private static Slice slice(InputStream in, long offset, Extent extent) throws IOException {
    List<Entry> entries = new ArrayList<>();
    List<String> unreadable = new ArrayList<>();
    int kept = 0;
    long keptEnd = offset;
    long position = offset;
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    byte[] buffer = new byte[1 << 16];
    for (int read; (read = in.read(buffer)) > 0; ) {
      int start = 0;
      for (int i = 0; i < read; i++) {
        if (buffer[i] != '\n') {
          continue;
        }
        line.write(buffer, start, i - start);
        position += line.size() + 1;
        Entry entry = parse(line.toString(UTF_8), position, unreadable);
        line.reset();
        start = i + 1;
        if (entry != null) {
          entries.add(entry);
        }
        if (extent == Extent.LAST_LINE || (entry != null && isMark(entry))) {
          kept = entries.size();
          keptEnd = position;
        }
      }
      line.write(buffer, start, read - start);
      if (position - offset >= SLICE_BYTES && keptEnd > offset) {
        return new Slice(List.copyOf(entries.subList(0, kept)), unreadable, keptEnd, true);
      }
    }
    return new Slice(List.copyOf(entries.subList(0, kept)), unreadable, keptEnd, false);
  }

  private static boolean isMark(Entry entry) {
    return entry.type().equals("checkpoint") || entry.type().equals("done");
  }

  private static Entry parse(String line, long end, List<String> unreadable) {
    if (line.isBlank()) {
      return null;
    }
    try {
      JsonNode event = Transport.JSON.readTree(line);
      if (event.isObject()) {
        return new Entry(event, end);
      }
    } catch (JsonProcessingException e) {
      // Counted below like a line that is JSON, but no object.
    }
    unreadable.add(Transport.brief(line));
    return null;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Cannot hash: this Java runtime has no SHA-256", e);
    }
  }
}
