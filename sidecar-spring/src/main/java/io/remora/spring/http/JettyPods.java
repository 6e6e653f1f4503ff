package io.remora.spring.http;

import io.remora.client.FailureOutcome;
import io.remora.spring.UriPort;
import io.remora.spring.jetty.JettyPodResolver;
import io.remora.spring.jetty.JettyProxy;
import io.remora.spring.jetty.JettyRedirects;
import io.remora.spring.jetty.PodTag;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.Objects;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.jspecify.annotations.Nullable;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.StreamingHttpOutputMessage.Body;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;

/**
 * Jetty: a request carries a tag that names its pod. Jetty keeps a pool for each tag, and shows it to who resolves the
 * address of a connection. The {@code Host} header is the URI's. Spring keeps the request to itself, so the tag is
 * set by reflection; where that is not allowed, or Spring has changed, {@link #canDial} says so.
 */
final class JettyPods implements PodClient {

    private static final @Nullable Field REQUEST = find();

    private @Nullable HttpClient client; // set while the factory is built

    private static @Nullable Field find() {
        try {
            Field field = Class.forName(JettyHints.REQUEST_CLASS, false, ClientHttpRequest.class.getClassLoader())
                    .getDeclaredField(JettyHints.FIELD);
            field.setAccessible(true);
            return Request.class.isAssignableFrom(field.getType()) ? field : null;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    static boolean isPossible() {
        return REQUEST != null;
    }

    void join(HttpClient original) {
        client = original;
        JettyRedirects.watch(original);
        original.setSocketAddressResolver(new JettyPodResolver(original, original.getSocketAddressResolver()));
    }

    @Override
    public boolean canDial(URI uri) {
        HttpClient joined = client;
        if (joined == null || uri.getHost() == null) {
            return false;
        }
        int port = UriPort.of(uri.getScheme(), uri.getPort());
        return port > 0 && !JettyProxy.stands(joined, uri.getScheme(), uri.getHost(), port);
    }

    @Override
    public ClientHttpResponse execute(
            ClientHttpRequest request, @Nullable Body body, InetSocketAddress pod, Connecting connecting)
            throws IOException {
        Request sent = sent(request);
        URI uri = request.getURI();
        // Jetty's TLS verifies the name of the address, so that is the Service's.
        InetAddress named =
                InetAddress.getByAddress(uri.getHost(), pod.getAddress().getAddress());
        InetSocketAddress dialled = new InetSocketAddress(named, pod.getPort());
        sent.tag(new PodTag(uri.getHost(), UriPort.of(uri.getScheme(), uri.getPort()), dialled));
        JettyConnect connect = new JettyConnect(sent);
        if (body != null) {
            ((StreamingHttpOutputMessage) request).setBody(connect.before(body));
        }
        // Jetty's handshake begins with the head of the request, so it is done when that was written.
        sent.onRequestCommit(written -> connecting.done());
        try {
            return request.execute();
        } catch (SocketTimeoutException e) {
            throw connect.isDone() ? e : connect.timedOut(e);
        } catch (IOException e) {
            if (!FailureOutcome.isHandshake(e)) {
                connecting.done(); // what else fails may come while the head is on its way
            }
            throw e;
        } finally {
            if (JettyRedirects.isRedirected(sent)) {
                connecting.redirected();
            }
        }
    }

    private static Request sent(ClientHttpRequest request) {
        try {
            return (Request) Objects.requireNonNull(REQUEST).get(request);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("field of " + JettyHints.REQUEST_CLASS + " was accessible before", e);
        }
    }
}
