package io.remora.spring.http;

import io.remora.balancer.DestinationBalancer;
import io.remora.client.RequestAttempt;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.jspecify.annotations.Nullable;

/**
 * Apache HttpComponents: the route of a request to a Service gets the address of a pod. A route's host has both a name and
 * an address, and both make its pool of connections; TLS uses the name, and the {@code Host} header is the request's. It
 * stands inside HttpClient's own redirects and retries, so that each of them is a call of its own.
 */
final class HttpComponentsCalls implements ExecChainHandler {

    private static final String CONNECTING = Connecting.class.getName();

    private final ServiceCalls calls;

    HttpComponentsCalls(ServiceCalls calls) {
        this.calls = calls;
    }

    void addTo(HttpClientBuilder client) {
        client.addExecInterceptorBefore(ChainElement.PROTOCOL.name(), "remora", this);
        client.addExecInterceptorAfter(ChainElement.CONNECT.name(), "remora-connected", HttpComponentsCalls::connected);
    }

    /** Reached when there is a connection to the pod, with its TLS handshake done. */
    private static ClassicHttpResponse connected(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        if (scope.clientContext.getAttribute(CONNECTING) instanceof Connecting connecting) {
            connecting.done();
        }
        return chain.proceed(request, scope);
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        DestinationBalancer balancer = find(scope.route);
        if (balancer == null) {
            return chain.proceed(request, scope);
        }
        HttpEntity body = request.getEntity();
        RequestAttempt attempt = calls.requests().begin(balancer, name -> value(request, name));
        while (true) {
            RequestAttempt next;
            BodyWriting writing = new BodyWriting();
            if (body != null) {
                request.setEntity(new SentEntity(body, writing));
            }
            Connecting connecting = new Connecting();
            scope.clientContext.setAttribute(CONNECTING, connecting);
            try {
                ClassicHttpResponse response = chain.proceed(request, at(attempt.address(), scope));
                return HttpComponentsResponse.of(response, new AnsweredCall(attempt, response.getCode()));
            } catch (IOException | HttpException | RuntimeException | Error e) {
                next = FailedCall.next(attempt, e, connecting, writing, true);
                if (next == null) {
                    throw e;
                }
            } finally {
                scope.clientContext.removeAttribute(CONNECTING);
            }
            attempt = next;
        }
    }

    /** A request through a proxy, or to an address that somebody else has chosen, is none of ours. */
    private @Nullable DestinationBalancer find(HttpRoute route) throws IOException {
        HttpHost target = route.getTargetHost();
        boolean direct = route.getHopCount() == 1 && route.getUnixDomainSocket() == null && target.getAddress() == null;
        return direct ? calls.find(target.getSchemeName(), target.getHostName(), target.getPort()) : null;
    }

    private static ExecChain.Scope at(InetSocketAddress pod, ExecChain.Scope scope) throws IOException {
        HttpRoute route = scope.route;
        HttpHost logical = route.getTargetHost();
        InetAddress address =
                InetAddress.getByAddress(logical.getHostName(), pod.getAddress().getAddress());
        HttpHost target = new HttpHost(logical.getSchemeName(), address, logical.getHostName(), pod.getPort());
        HttpRoute dialled = new HttpRoute(target, route.getTargetName(), route.getLocalAddress(), route.isSecure());
        return new ExecChain.Scope(
                scope.exchangeId, dialled, scope.originalRequest, scope.execRuntime, scope.clientContext);
    }

    private static final class SentEntity extends HttpEntityWrapper {

        private final BodyWriting writing;

        SentEntity(HttpEntity body, BodyWriting writing) {
            super(body);
            this.writing = writing;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            writing.write(super::writeTo, out);
        }
    }

    private static @Nullable String value(ClassicHttpRequest request, String name) {
        Header header = request.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }
}
