package io.remora.spring.webclient;

import io.remora.spring.UriPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;

/** What a client reads from the URL of a request. */
final class TargetUri {

    private TargetUri() {}

    /** Whether it is a URL of HTTP or HTTPS with a host. */
    static boolean isHttp(URI uri) {
        String scheme = uri.getScheme();
        return uri.getHost() != null && ("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme));
    }

    static boolean isSecure(URI uri) {
        return "https".equalsIgnoreCase(uri.getScheme());
    }

    /** The port of the Service, 1 to 65535. */
    static int port(URI uri) {
        return UriPort.of(uri.getScheme(), uri.getPort());
    }

    /** Value of the Host header. */
    static String hostHeader(URI uri) {
        int port = port(uri);
        return port == UriPort.of(uri.getScheme(), -1) ? uri.getHost() : uri.getHost() + ":" + port;
    }

    /** The request target of HTTP/1.1, in origin form. */
    static URI pathAndQuery(URI uri) {
        String path = uri.getRawPath();
        String target = path == null || path.isEmpty() ? "/" : path;
        return URI.create(uri.getRawQuery() == null ? target : target + "?" + uri.getRawQuery());
    }

    /** An address that has a name needs no DNS. */
    static InetSocketAddress named(InetSocketAddress pod, String host) {
        try {
            byte[] bytes = pod.getAddress().getAddress();
            return new InetSocketAddress(InetAddress.getByAddress(host, bytes), pod.getPort());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("no IP address: " + pod, e);
        }
    }

    /** Whether what is meant for one host and port may be told the other. */
    static boolean isSameOrigin(URI one, URI other) {
        return isSecure(one) == isSecure(other)
                && one.getHost().equalsIgnoreCase(other.getHost())
                && port(one) == port(other);
    }
}
