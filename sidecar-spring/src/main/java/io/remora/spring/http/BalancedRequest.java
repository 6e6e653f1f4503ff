package io.remora.spring.http;

import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.Outcome;
import io.remora.client.RequestAttempt;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.client.AbstractStreamingClientHttpRequest;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpResponse;

/** A request that finds its pod when it is executed. Not thread-safe, as no request is. */
final class BalancedRequest extends AbstractStreamingClientHttpRequest {

    private final ClientHttpRequestFactory factory;
    private final PodClient pods;
    private final ServiceCalls calls;
    private final URI uri;
    private final HttpMethod method;

    BalancedRequest(ClientHttpRequestFactory factory, PodClient pods, ServiceCalls calls, URI uri, HttpMethod method) {
        this.factory = factory;
        this.pods = pods;
        this.calls = calls;
        this.uri = uri;
        this.method = method;
    }

    @Override
    public HttpMethod getMethod() {
        return method;
    }

    @Override
    public URI getURI() {
        return uri;
    }

    @Override
    protected ClientHttpResponse executeInternal(HttpHeaders headers, @Nullable Body body) throws IOException {
        DestinationBalancer balancer = pods.canDial(uri) ? calls.find(uri) : null;
        if (balancer == null) {
            ClientHttpRequest request = delegate(headers);
            if (body != null) {
                ((StreamingHttpOutputMessage) request).setBody(body);
            }
            return request.execute();
        }
        RequestAttempt attempt = calls.requests().begin(balancer, headers::getFirst);
        while (true) {
            RequestAttempt next;
            BodyWriting writing = new BodyWriting();
            Body sent = body == null ? null : new SentBody(body, writing);
            Connecting connecting = new Connecting();
            try {
                ClientHttpResponse response = pods.execute(delegate(headers), sent, attempt.address(), connecting);
                if (connecting.isRedirected()) {
                    attempt.end(Outcome.SUCCESS);
                    return response;
                }
                return BalancedResponse.of(response, attempt);
            } catch (IOException | RuntimeException | Error e) {
                boolean complete = body == null || !writing.isBegun() || body.repeatable();
                next = FailedCall.next(attempt, e, connecting, writing, complete);
                if (next == null) {
                    throw e;
                }
            }
            attempt = next;
        }
    }

    private ClientHttpRequest delegate(HttpHeaders headers) throws IOException {
        ClientHttpRequest request = factory.createRequest(uri, method);
        request.getHeaders().putAll(headers);
        request.getAttributes().putAll(getAttributes());
        return request;
    }

    private record SentBody(Body body, BodyWriting writing) implements Body {

        @Override
        public void writeTo(OutputStream out) throws IOException {
            writing.write(body::writeTo, out);
        }

        @Override
        public boolean repeatable() {
            return body.repeatable();
        }
    }
}
