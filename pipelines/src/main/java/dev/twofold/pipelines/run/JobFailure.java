package dev.twofold.pipelines.run;

import dev.twofold.transforms.sources.DataRefusedException;
import java.util.Optional;

/** What went wrong in a Flink job, which wraps it several times. */
final class JobFailure {

  private JobFailure() {}

  static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** The data that the job refused, if that is why it failed. */
  static Optional<DataRefusedException> refused(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      Optional<DataRefusedException> refused = asRefused(cause);
      if (refused.isPresent()) {
        return refused;
      }
    }
    return Optional.empty();
  }

  /** Flink hands a cause on as text where its class loader is gone. */
  private static Optional<DataRefusedException> asRefused(Throwable cause) {
    if (cause instanceof DataRefusedException refused) {
      return Optional.of(refused);
    }
    String name = DataRefusedException.class.getName() + ": ";
    String message = String.valueOf(cause.getMessage());
    int at = message.indexOf(name);
    return at < 0
        ? Optional.empty()
        : Optional.of(
            new DataRefusedException(
                message.substring(at + name.length()).lines().findFirst().orElse("")));
  }
}
