package dev.twofold.transforms.sources;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/** A stretch of a file as a channel of its own, with its own position; closing leaves the file. */
final class ChannelSlice implements SeekableByteChannel {
  private final FileChannel file;
  private final long start;
  private final long size;
  private long position;

  ChannelSlice(FileChannel file, long start, long size) {
    this.file = file;
    this.start = start;
    this.size = size;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    long left = size - position;
    if (left <= 0) {
      return -1;
    }
    ByteBuffer part = target.slice();
    part.limit((int) Math.min(part.limit(), left));
    int n = file.read(part, start + position);
    if (n > 0) {
      position += n;
      target.position(target.position() + n);
    }
    return n;
  }

  @Override
  public int write(ByteBuffer source) {
    throw new NonWritableChannelException();
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public SeekableByteChannel position(long newPosition) {
    position = newPosition;
    return this;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public SeekableByteChannel truncate(long newSize) {
    throw new NonWritableChannelException();
  }

  @Override
  public boolean isOpen() {
    return file.isOpen();
  }

  @Override
  public void close() {}
}
