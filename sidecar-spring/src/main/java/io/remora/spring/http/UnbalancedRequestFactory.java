package io.remora.spring.http;

import io.remora.spring.UriPort;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;

/** Requests of a factory that cannot be balanced: they keep the ClusterIP, and the first one to a Service says so. */
final class UnbalancedRequestFactory implements ClientHttpRequestFactory, DisposableBean {

    private static final Logger log = LoggerFactory.getLogger(UnbalancedRequestFactory.class);

    private final ClientHttpRequestFactory factory;
    private final ServiceCalls calls;
    private final String reason;
    private final AtomicBoolean said;

    /**
     * @param reason why, and what to do
     * @param said whether it was said; of all factories of a kind
     */
    UnbalancedRequestFactory(ClientHttpRequestFactory factory, ServiceCalls calls, String reason, AtomicBoolean said) {
        this.factory = factory;
        this.calls = calls;
        this.reason = reason;
        this.said = said;
    }

    @Override
    public ClientHttpRequest createRequest(URI uri, HttpMethod method) throws IOException {
        if (!said.get()) {
            say(uri);
        }
        return factory.createRequest(uri, method);
    }

    private void say(URI uri) {
        int port = UriPort.of(uri.getScheme(), uri.getPort());
        if (uri.getHost() == null || port < 0) {
            return;
        }
        calls.requests().lookUp(uri.getHost(), port).thenAccept(found -> {
            if (found.isPresent() && said.compareAndSet(false, true)) {
                log.atInfo()
                        .addKeyValue("service", found.get().destination().id())
                        .addKeyValue("factory", factory.getClass().getSimpleName())
                        .log("requests keep the ClusterIP: {}", reason);
            }
        });
    }

    @Override
    public void destroy() throws Exception {
        if (factory instanceof DisposableBean disposable) {
            disposable.destroy();
        }
    }
}
