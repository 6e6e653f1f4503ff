package io.remora.spring.http;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.http.client.ClientHttpRequestFactory;

/** Factories that keep the ClusterIP, and what is said of each kind of them, once. Thread-safe. */
final class Unbalanced {

    private final ServiceCalls calls;
    private final Map<String, AtomicBoolean> said = new ConcurrentHashMap<>();

    Unbalanced(ServiceCalls calls) {
        this.calls = calls;
    }

    /** Its client library cannot dial a pod and keep the name of the Service. */
    ClientHttpRequestFactory unable(ClientHttpRequestFactory factory) {
        return of(
                factory,
                "this client cannot dial a pod under the name of its Service;"
                        + " add org.apache.httpcomponents.client5:httpclient5, or set"
                        + " spring.http.clients.imperative.factory to http-components, reactor or jetty");
    }

    /** The application lets connections be made to some addresses only. */
    ClientHttpRequestFactory filtered(ClientHttpRequestFactory factory) {
        return of(factory, "an InetAddressFilter is set for this client; without one its requests are balanced");
    }

    private ClientHttpRequestFactory of(ClientHttpRequestFactory factory, String reason) {
        AtomicBoolean once = said.computeIfAbsent(factory.getClass().getName() + reason, kind -> new AtomicBoolean());
        return new UnbalancedRequestFactory(factory, calls, reason, once);
    }
}
