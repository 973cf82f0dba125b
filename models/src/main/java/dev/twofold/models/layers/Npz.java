package dev.twofold.models.layers;

import dev.twofold.models.layers.Weights.Weight;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * NumPy's NPZ: a zip of .npy arrays, little-endian float32 in C order (<a
 * href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">format</a>). DJL's
 * reader needs an engine, and this must also run where none is loaded.
 */
public final class Npz {

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  private static final Pattern HEADER =
      Pattern.compile(
          "'descr': *'([^']+)', *'fortran_order': *(True|False), *'shape': *\\(([0-9, ]*)\\)");
  private static final int ALIGNMENT = 64;
  private static final String CUT_OFF = "it is cut off";

  private Npz() {}

  /** Writes every array, uncompressed; the bytes depend on the arrays alone. */
  public static void write(Path file, Weights weights) throws IOException {
    try (ZipOutputStream zip =
        new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 20))) {
      zip.setMethod(ZipOutputStream.STORED);
      for (var entry : weights.all().entrySet()) {
        write(zip, entry.getKey(), entry.getValue());
      }
    }
  }

  private static void write(ZipOutputStream zip, String name, Weight weight) throws IOException {
    byte[] header = header(weight.shape());
    ByteBuffer values =
        ByteBuffer.allocate(Math.multiplyExact(weight.values().length, Float.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    values.asFloatBuffer().put(weight.values());
    CRC32 crc = new CRC32();
    crc.update(header);
    crc.update(values.array());
    ZipEntry entry = new ZipEntry(name + ".npy");
    entry.setTime(0);
    entry.setSize(header.length + values.capacity());
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    DataOutputStream out = new DataOutputStream(zip);
    out.write(header);
    out.write(values.array());
    out.flush();
    zip.closeEntry();
  }

  private static byte[] header(long[] shape) {
    String extents = Arrays.stream(shape).mapToObj(n -> n + ",").collect(Collectors.joining(" "));
    String text = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + extents + "), }";
    int unpadded = MAGIC.length + 2 + text.length() + 1;
    int padding = (ALIGNMENT - unpadded % ALIGNMENT) % ALIGNMENT;
    byte[] body = (text + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(MAGIC.length + 2 + body.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .putShort((short) body.length)
        .put(body)
        .array();
  }

  /**
   * Reads every array.
   *
   * @throws IOException when the file is no NPZ of float32 or float64 arrays in C order; the
   *     message names file and array
   */
  public static Weights read(Path file) throws IOException {
    Weights weights = new Weights();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (Enumeration<? extends ZipEntry> e = zip.entries(); e.hasMoreElements(); ) {
        ZipEntry entry = e.nextElement();
        String name = entry.getName().replaceFirst("\\.npy$", "");
        byte[] bytes = zip.getInputStream(entry).readAllBytes();
        weights.put(name, array(bytes, name, file));
      }
    } catch (java.util.zip.ZipException e) {
      throw new IOException("Cannot read weights %s: %s".formatted(file, e.getMessage()), e);
    }
    return weights;
  }

  private static Weight array(byte[] bytes, String name, Path file) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length < 12 || !Arrays.equals(bytes, 0, 6, MAGIC, 0, 6)) {
      throw refused(file, name, "it is not an .npy array");
    }
    int version = bytes[6];
    int length = version == 1 ? buffer.getShort(8) & 0xFFFF : buffer.getInt(8);
    int prefix = version == 1 ? 10 : 12;
    if (length < 0 || length > bytes.length - prefix) {
      throw refused(file, name, CUT_OFF);
    }
    int start = prefix + length;
    String header = new String(bytes, start - length, length, StandardCharsets.ISO_8859_1);
    Matcher matcher = HEADER.matcher(header);
    if (!matcher.find() || matcher.group(2).equals("True")) {
      throw refused(file, name, "its header is not of an array in C order: " + header.strip());
    }
    long[] shape =
        Arrays.stream(matcher.group(3).split(","))
            .map(String::strip)
            .filter(s -> !s.isEmpty())
            .mapToLong(Long::parseLong)
            .toArray();
    int size = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    try {
      return new Weight(shape, values(buffer.position(start), matcher.group(1), size, name, file));
    } catch (BufferUnderflowException e) {
      throw refused(file, name, CUT_OFF);
    }
  }

  private static float[] values(ByteBuffer buffer, String type, int size, String name, Path file)
      throws IOException {
    float[] values = new float[size];
    switch (type) {
      case "<f4" -> buffer.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
      case "<f8" -> {
        for (int i = 0; i < size; i++) {
          values[i] = (float) buffer.getDouble();
        }
      }
      default -> throw refused(file, name, "its type is %s (must be <f4 or <f8)".formatted(type));
    }
    return values;
  }

  private static IOException refused(Path file, String name, String reason) {
    return new IOException("Cannot read weights %s: array %s: %s".formatted(file, name, reason));
  }
}
