package io.remora.spring.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpMethod;
import io.remora.spring.netty.StreamVerdict;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientConfig;

/**
 * A client of Reactor Netty which, for a request that is told so, resolves a Service's name to a pod. The factory of
 * requests asks it for a request's sender in the thread that executes the request, so that thread is where the pod is told;
 * from there on it is in the sender's own configuration, for connects that are made again in other threads as well.
 */
final class ReactorPodClient extends HttpClient {

    private static final ThreadLocal<Dial> CURRENT = new ThreadLocal<>();

    private final HttpClient client;

    /**
     * @param service a name and port, not resolved
     * @param pod what they mean for one request
     */
    record Mapping(InetSocketAddress service, InetSocketAddress pod) {}

    /** What is told of one request. */
    private record Dial(Mapping mapping, Connecting connecting) {}

    ReactorPodClient(HttpClient client) {
        this.client = client;
    }

    static ClientHttpResponse with(Mapping mapping, Connecting connecting, ClientHttpRequest request)
            throws IOException {
        CURRENT.set(new Dial(mapping, connecting));
        try {
            return request.execute();
        } finally {
            CURRENT.remove();
        }
    }

    @Override
    public RequestSender request(HttpMethod method) {
        Dial dial = CURRENT.get();
        HttpClient sender = dial == null
                ? client
                : client.resolver(new ReactorPodResolvers(
                                dial.mapping(), client.configuration().resolver()))
                        .doOnRequest((begun, connection) -> {
                            Channel channel = connection.channel();
                            StreamVerdict.listen(channel);
                            dial.connecting().done(() -> StreamVerdict.of(channel));
                        })
                        .doOnRedirect(
                                (response, connection) -> dial.connecting().redirected());
        return sender.request(method);
    }

    @Override
    public HttpClientConfig configuration() {
        return client.configuration();
    }

    @Override
    protected HttpClient duplicate() {
        // Whatever setter makes a copy of the client that is wrapped; this one sets what is there already.
        return new ReactorPodClient(client.remoteAddress(client.configuration().remoteAddress()));
    }
}
