package dev.twofold.tracking;

import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The proxy that {@code HTTPS_PROXY} or {@code HTTP_PROXY} names for a server, unless {@code
 * NO_PROXY} names the server, as MLflow's Python client reads them; of two spellings the small one.
 */
final class Proxies {
  private static final int DEFAULT_PORT = 80;
  private static final Pattern COMMA = Pattern.compile("\\s*,\\s*");

  private Proxies() {}

  /**
   * The proxy on the way to a server; none where the variables do not speak of it.
   *
   * @throws TrackingRefusedException where the variable names no host
   */
  static Optional<ProxySelector> of(URI server, Map<String, String> environment) {
    String scheme = server.getScheme().toLowerCase(Locale.ROOT);
    String value = variable(environment, scheme + "_proxy");
    if (value.isEmpty() || isExempt(server.getHost(), variable(environment, "no_proxy"))) {
      return Optional.empty();
    }
    URI proxy = parse(scheme, value);
    int port = proxy.getPort() < 0 ? DEFAULT_PORT : proxy.getPort();
    return Optional.of(ProxySelector.of(new InetSocketAddress(proxy.getHost(), port)));
  }

  private static String variable(Map<String, String> environment, String name) {
    String small = environment.getOrDefault(name, "").strip();
    return small.isEmpty()
        ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "").strip()
        : small;
  }

  private static URI parse(String scheme, String value) {
    URI proxy = null;
    try {
      proxy = URI.create(value.contains("://") ? value : "http://" + value);
    } catch (IllegalArgumentException e) {
      // said below, without the login that it may hold
    }
    if (proxy == null || proxy.getHost() == null || proxy.getUserInfo() != null) {
      throw new TrackingRefusedException(
          "Invalid %s_proxy: %s (must be http://host:port, without a login)"
              .formatted(scheme, TrackingAddress.shown(value)));
    }
    return proxy;
  }

  /** Loopback needs no proxy; a name in the list stands for all hosts below it too. */
  private static boolean isExempt(String host, String exempt) {
    String name = host.toLowerCase(Locale.ROOT);
    if (name.equals("localhost") || name.startsWith("127.") || name.equals("[::1]")) {
      return true;
    }
    return COMMA
        .splitAsStream(exempt.toLowerCase(Locale.ROOT))
        .map(each -> each.replaceFirst("^\\*?\\.", ""))
        .filter(each -> !each.isEmpty())
        .anyMatch(each -> each.equals("*") || name.equals(each) || name.endsWith("." + each));
  }
}
