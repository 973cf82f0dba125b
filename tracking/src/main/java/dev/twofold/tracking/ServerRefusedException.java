package dev.twofold.tracking;

import java.util.Map;
import java.util.Optional;

/**
 * The server understood a request and refused it: sending the same one again is of no use, unless a
 * person mends something first.
 */
final class ServerRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private static final Map<Integer, String> REMEDIES =
      Map.of(
          401, "mend the login",
          403, "give this login the right to it",
          413, "let the proxy take larger bodies, as nginx by client_max_body_size");

  private final int status;
  private final String code;

  ServerRefusedException(int status, String code, String message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  /** What a person can do for the same request to be taken; empty where the request is at fault. */
  Optional<String> remedy() {
    return Optional.ofNullable(REMEDIES.get(status));
  }

  int status() {
    return status;
  }

  /**
   * MLflow's error code, such as {@code RESOURCE_ALREADY_EXISTS}; empty when the answer had none.
   */
  String code() {
    return code;
  }
}
