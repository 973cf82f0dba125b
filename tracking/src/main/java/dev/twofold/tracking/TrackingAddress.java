package dev.twofold.tracking;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;

/** A tracking server's address as anybody may read it. */
public final class TrackingAddress {

  private TrackingAddress() {}

  /** Without user and password; of what is no address, without all that may be such. */
  public static String shown(String address) {
    try {
      URI uri = new URI(address);
      if (uri.getHost() != null) {
        String user = uri.getRawUserInfo();
        return user == null
            ? address
            : address.replaceFirst("//" + Pattern.quote(user) + "@", "//");
      }
    } catch (URISyntaxException noAddress) {
      // then a password with characters that are not escaped may stand in it
    }
    return address.replaceFirst("^((?:[A-Za-z][A-Za-z0-9+.-]*:)?//)?.*@", "$1");
  }
}
