package dev.twofold.transforms.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputDecompressor;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.Test;

class ZstdCodecsTest {

  /** Parquet releases the factory alone. */
  @Test
  void whatIsHandedOutIsFreedWithTheFactory() throws Exception {
    ZstdCodecs codecs = new ZstdCodecs();
    BytesInputCompressor compressor = codecs.getCompressor(CompressionCodecName.ZSTD);
    BytesInputDecompressor decompressor = codecs.getDecompressor(CompressionCodecName.ZSTD);
    BytesInput compressed = compressor.compress(BytesInput.from(new byte[100]));
    assertThat(decompressor.decompress(compressed, 100).size()).isEqualTo(100);

    codecs.release();
    assertThatThrownBy(() -> compressor.compress(BytesInput.from(new byte[100])))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> decompressor.decompress(compressed, 100))
        .isInstanceOf(IllegalStateException.class);
    codecs.release();
  }
}
