package dev.twofold.transforms.parquet;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * Zstandard without Hadoop: Parquet's own codecs read a Hadoop configuration, which needs Hadoop's
 * whole run time for a file on a disk.
 */
final class ZstdCodecs implements CompressionCodecFactory {
  /**
   * Photographs hardly compress, drawings do at any level: of 64 x 64 pixels this leaves 99 % and
   * 44 %, level 1 leaves 97 % and 42 % for two to ten times the work.
   */
  private static final int LEVEL = -5;

  /** Of what was handed out, with native memory: Parquet releases the factory alone. */
  private final List<Runnable> releases = new ArrayList<>();

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName codec) {
    check(codec);
    Compressor compressor = new Compressor();
    releases.add(compressor::release);
    return compressor;
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
    check(codec);
    Decompressor decompressor = new Decompressor();
    releases.add(decompressor::release);
    return decompressor;
  }

  @Override
  public void release() {
    releases.forEach(Runnable::run);
    releases.clear();
  }

  private static void check(CompressionCodecName codec) {
    if (codec != CompressionCodecName.ZSTD) {
      throw new IllegalArgumentException(
          "Invalid compression of a dataset: %s (must be ZSTD)".formatted(codec));
    }
  }

  private static byte[] bytes(BytesInput input) throws IOException {
    byte[] bytes = new byte[Math.toIntExact(input.size())];
    int read = input.toInputStream().readNBytes(bytes, 0, bytes.length);
    if (read < bytes.length) {
      throw new EOFException("%d of %d bytes of a page are there".formatted(read, bytes.length));
    }
    return bytes;
  }

  private static final class Compressor implements BytesInputCompressor {
    private final ZstdCompressCtx context = new ZstdCompressCtx().setLevel(LEVEL);

    @Override
    public BytesInput compress(BytesInput bytes) throws IOException {
      byte[] plain = bytes(bytes);
      byte[] compressed = new byte[Math.toIntExact(Zstd.compressBound(plain.length))];
      int size = context.compress(compressed, plain);
      return BytesInput.from(compressed, 0, size);
    }

    @Override
    public CompressionCodecName getCodecName() {
      return CompressionCodecName.ZSTD;
    }

    @Override
    public void release() {
      context.close();
    }
  }

  private static final class Decompressor implements BytesInputDecompressor {
    private final ZstdDecompressCtx context = new ZstdDecompressCtx();

    @Override
    public BytesInput decompress(BytesInput bytes, int plainSize) throws IOException {
      return BytesInput.from(context.decompress(bytes(bytes), plainSize));
    }

    @Override
    public void decompress(
        ByteBuffer compressed, int compressedSize, ByteBuffer plain, int plainSize) {
      byte[] in = new byte[compressedSize];
      compressed.get(in);
      plain.put(context.decompress(in, plainSize));
    }

    @Override
    public void release() {
      context.close();
    }
  }
}
