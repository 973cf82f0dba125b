package dev.twofold.transforms.sources;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** A stretch of a file as a channel of its own, with its own position; closing leaves the file. */
final class ChannelSlice implements SeekableByteChannel {
  private final Path path;
  private final FileChannel file;
  private final long start;
  private final long size;
  private long position;

  /**
   * A slice.
   *
   * @param path of the file, for messages
   */
  ChannelSlice(Path path, FileChannel file, long start, long size) {
    this.path = path;
    this.file = file;
    this.start = start;
    this.size = size;
  }

  /**
   * Reads from this slice's position.
   *
   * @throws FileSystemException when the file cannot be read, which tells that from its content
   */
  @Override
  public int read(ByteBuffer target) throws FileSystemException {
    long left = size - position;
    if (left <= 0) {
      return -1;
    }
    ByteBuffer part = target.slice();
    part.limit((int) Math.min(part.limit(), left));
    int n = readAt(start + position, part);
    if (n > 0) {
      position += n;
      target.position(target.position() + n);
    }
    return n;
  }

  private int readAt(long offset, ByteBuffer target) throws FileSystemException {
    try {
      return file.read(target, offset);
    } catch (IOException e) {
      String reason = e.getMessage() == null ? e.toString() : e.getMessage();
      throw (FileSystemException)
          new FileSystemException(path.toString(), null, reason).initCause(e);
    }
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
