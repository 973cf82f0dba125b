package dev.twofold.transforms.sources;

import java.io.IOException;

/**
 * What stands in a source is at fault, today and tomorrow. Any other {@link IOException} of a
 * source may be this machine's, which may be well again.
 */
public final class SourceFaultException extends IOException {
  private static final long serialVersionUID = 1L;

  SourceFaultException(String reason) {
    super(reason);
  }

  /** What a library says of the content. */
  SourceFaultException(IOException cause) {
    super(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
  }
}
