package dev.twofold.tracking;

/** The server understood a request and refused it: sending the same one again is of no use. */
final class ServerRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;

  ServerRefusedException(int status, String code, String message) {
    super(message);
    this.status = status;
    this.code = code;
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
