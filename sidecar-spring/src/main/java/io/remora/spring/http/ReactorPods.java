package io.remora.spring.http;

import io.remora.spring.UriPort;
import io.remora.spring.netty.ReactorProxy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.StreamingHttpOutputMessage.Body;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;
import reactor.netty.http.client.HttpClient;

/** Reactor Netty: a request's client resolves the name of the Service to the pod, which also makes a pool of each pod. */
final class ReactorPods implements PodClient {

    private @Nullable HttpClient client; // set while the factory is built

    /** Returns the client that the factory has to use. */
    HttpClient joined(HttpClient original) {
        client = original;
        return new ReactorPodClient(original);
    }

    @Override
    public boolean canDial(URI uri) {
        HttpClient original = client;
        if (original == null || uri.getHost() == null || UriPort.of(uri.getScheme(), uri.getPort()) < 0) {
            return false;
        }
        return !ReactorProxy.stands(
                original.configuration(), uri.getHost(), UriPort.of(uri.getScheme(), uri.getPort()));
    }

    @Override
    public ClientHttpResponse execute(
            ClientHttpRequest request, @Nullable Body body, InetSocketAddress pod, Connecting connecting)
            throws IOException {
        if (body != null) {
            ((StreamingHttpOutputMessage) request).setBody(body); // read when there is a connection
        }
        InetSocketAddress service = address(request.getURI());
        return ReactorPodClient.with(new ReactorPodClient.Mapping(service, pod), connecting, request);
    }

    private static InetSocketAddress address(URI uri) {
        return InetSocketAddress.createUnresolved(uri.getHost(), UriPort.of(uri.getScheme(), uri.getPort()));
    }
}
