package dev.twofold.tracking;

/** A tracking server's address as anybody may read it. */
public final class TrackingAddress {

  private TrackingAddress() {}

  /** Without user and password; what is no address stays as it is. */
  public static String shown(String address) {
    return address.replaceFirst("//[^/?#]*@", "//");
  }
}
