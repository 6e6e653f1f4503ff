package io.remora.spring.http;

import java.io.IOException;
import java.net.URI;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;

/** Requests of another factory, balanced. Thread-safe if that is. */
final class BalancedRequestFactory implements ClientHttpRequestFactory, DisposableBean {

    private final ClientHttpRequestFactory factory;
    private final PodClient pods;
    private final ServiceCalls calls;

    BalancedRequestFactory(ClientHttpRequestFactory factory, PodClient pods, ServiceCalls calls) {
        this.factory = factory;
        this.pods = pods;
        this.calls = calls;
    }

    @Override
    public ClientHttpRequest createRequest(URI uri, HttpMethod method) throws IOException {
        return new BalancedRequest(factory, pods, calls, uri, method);
    }

    @Override
    public void destroy() throws Exception {
        if (factory instanceof DisposableBean disposable) {
            disposable.destroy();
        }
    }
}
