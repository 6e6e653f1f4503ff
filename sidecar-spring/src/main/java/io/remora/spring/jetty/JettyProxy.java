package io.remora.spring.jetty;

import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Origin;

/** The proxy of a client of Jetty. Stateless. */
public final class JettyProxy {

    private JettyProxy() {}

    /** Whether connections to a host go through a proxy, so that nobody here chooses what is dialled. */
    public static boolean stands(HttpClient client, String scheme, String host, int port) {
        return client.getProxyConfiguration().match(new Origin(scheme, new Origin.Address(host, port))) != null;
    }
}
