package io.remora.spring.webclient;

import java.net.URI;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpRequestDecorator;
import reactor.core.publisher.Mono;

/** A request to a pod that says the Service's host: to the pod, unless the application has its own Host header, and to us. */
final class LogicalRequest extends ClientHttpRequestDecorator {

    private final URI uri;

    LogicalRequest(ClientHttpRequest delegate, URI uri) {
        super(delegate);
        this.uri = uri;
        delegate.beforeCommit(() -> Mono.fromRunnable(this::addHost)); // after the application has set its own
    }

    private void addHost() {
        if (!getHeaders().containsHeader(HttpHeaders.HOST)) {
            getHeaders().set(HttpHeaders.HOST, TargetUri.hostHeader(uri));
        }
    }

    @Override
    public URI getURI() {
        return uri;
    }
}
