package io.remora.spring.netty;

import java.net.InetSocketAddress;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.transport.ProxyProvider;

/** The proxy of a client of Reactor Netty. Stateless. */
public final class ReactorProxy {

    private ReactorProxy() {}

    /** Whether connections to a host go through a proxy, so that nobody here chooses what is dialled. */
    public static boolean stands(HttpClientConfig client, String host, int port) {
        ProxyProvider proxy = client.proxyProvider();
        if (proxy == null && client.proxyProviderSupplier() != null) {
            proxy = client.proxyProviderSupplier().get();
        }
        return proxy != null && proxy.shouldProxy(InetSocketAddress.createUnresolved(host, port));
    }
}
