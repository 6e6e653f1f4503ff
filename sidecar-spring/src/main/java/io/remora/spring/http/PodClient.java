package io.remora.spring.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.http.StreamingHttpOutputMessage.Body;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;

/** A client library that can be told for each request which pod to dial. Thread-safe. */
interface PodClient {

    /** Whether a request may go to a pod; if not, as through a proxy, it is left alone. */
    boolean canDial(URI uri);

    /**
     * Sends a request to a pod, and all else as if it were not told.
     *
     * @param request of the factory that is wrapped, complete but for its body
     * @param connecting told when it has a connection
     * @throws IOException of the client; one that {@link io.remora.client.FailureOutcome#isConnect} knows only if nothing of
     *     the request was sent
     */
    ClientHttpResponse execute(
            ClientHttpRequest request, @Nullable Body body, InetSocketAddress pod, Connecting connecting)
            throws IOException;
}
