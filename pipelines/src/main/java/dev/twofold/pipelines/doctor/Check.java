package dev.twofold.pipelines.doctor;

/**
 * One thing that was looked at.
 *
 * @param detail what was found
 * @param remedy what to do about it; empty when all is well
 */
public record Check(String name, Status status, String detail, String remedy) {

  /** How it stands. */
  public enum Status {
    OK,
    /** Works, but slower or with less than it could. */
    WARN,
    /** Something that a run needs is missing. */
    FAIL
  }

  static Check ok(String name, String detail) {
    return new Check(name, Status.OK, detail, "");
  }

  static Check warn(String name, String detail, String remedy) {
    return new Check(name, Status.WARN, detail, remedy);
  }

  static Check fail(String name, String detail, String remedy) {
    return new Check(name, Status.FAIL, detail, remedy);
  }
}
