package io.remora.grpc;

import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a target names, {@code k8s:///catalog.shop:grpc}, as it is written. Immutable.
 *
 * @param host the Service, as cluster DNS names it
 * @param portName name of its port; null if it is not named
 * @param portNumber number of its port, 1 to 65535; 0 if that is not given
 * @param serviceConfig whether the resolver is to give a service config
 */
record GrpcTarget(String host, @Nullable String portName, int portNumber, boolean serviceConfig) {

    private static final String NO_SERVICE_CONFIG = "service-config=none";

    /**
     * Reads a target.
     *
     * @throws IllegalArgumentException if it is none, with what it should be like
     */
    static GrpcTarget parse(URI uri) {
        @Nullable String path = uri.getPath();
        @Nullable String authority = uri.getRawAuthority();
        if (authority != null && !authority.isEmpty()) {
            throw wrong(
                    uri,
                    "write three slashes, since there is no server to ask: " + uri.getScheme() + ":///" + authority);
        }
        if (path == null || path.length() < 2 || path.charAt(0) != '/' || path.indexOf('/', 1) >= 0) {
            throw wrong(
                    uri,
                    "write it like " + uri.getScheme() + ":///catalog, " + uri.getScheme() + ":///catalog:grpc or "
                            + uri.getScheme() + ":///catalog.shop:8080");
        }
        boolean serviceConfig = serviceConfig(uri);
        int colon = path.indexOf(':');
        String host = path.substring(1, colon < 0 ? path.length() : colon);
        if (host.isEmpty()) {
            throw wrong(uri, "the name of the Service is missing");
        }
        if (colon < 0) {
            return new GrpcTarget(host, null, 0, serviceConfig);
        }
        String port = path.substring(colon + 1);
        if (port.isEmpty() || port.indexOf(':') >= 0) {
            throw wrong(uri, "behind the colon goes the name or the number of one of the Service's ports");
        }
        if (!port.chars().allMatch(each -> each >= '0' && each <= '9')) {
            return new GrpcTarget(host, port, 0, serviceConfig);
        }
        int number = port.length() > 5 ? 0 : Integer.parseInt(port);
        if (number < 1 || number > 65535) {
            throw wrong(uri, "a port is 1-65535");
        }
        return new GrpcTarget(host, null, number, serviceConfig);
    }

    private static boolean serviceConfig(URI uri) {
        @Nullable String query = uri.getQuery();
        if (query == null || query.isEmpty()) {
            return true;
        }
        if (query.equals(NO_SERVICE_CONFIG)) {
            return false;
        }
        throw wrong(uri, "behind the question mark only " + NO_SERVICE_CONFIG + " is possible");
    }

    private static IllegalArgumentException wrong(URI uri, String fix) {
        return new IllegalArgumentException("the gRPC target " + Objects.toString(uri) + " is wrong: " + fix);
    }

    /** What stays the name of the server, for TLS and {@code :authority}, whichever pod a call goes to. */
    String authority() {
        return portNumber == 0 ? host : host + ":" + portNumber;
    }
}
