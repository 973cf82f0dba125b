package dev.twofold.transforms;

import dev.twofold.transforms.ingest.SharedWorkdir;
import java.nio.file.Path;
import org.apache.beam.sdk.transforms.DoFn;

/** Passes its elements on where the worker has the client's workdir, and fails where it has not. */
public final class FindWorkdir<T> extends DoFn<T, T> {
  private static final long serialVersionUID = 1L;

  private final String workdir;
  private final String token;

  /**
   * The check.
   *
   * @param token file that the client wrote into the workdir
   */
  public FindWorkdir(String workdir, String token) {
    this.workdir = workdir;
    this.token = token;
  }

  @ProcessElement
  public void process(@Element T element, OutputReceiver<T> out) {
    SharedWorkdir.require(Path.of(workdir), Path.of(workdir, token));
    out.output(element);
  }
}
