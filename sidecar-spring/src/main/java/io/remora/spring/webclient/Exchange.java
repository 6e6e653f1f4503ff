package io.remora.spring.webclient;

import io.remora.balancer.Outcome;
import io.remora.client.FailureOutcome;
import io.remora.client.RequestAttempt;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/**
 * One request to a Service: its attempts at pods, one after another. Another pod is tried only where the request was surely not
 * processed, so that it is safe for every method and every body.
 */
final class Exchange {

    private final PodConnector pods;
    private final HttpMethod method;
    private final URI uri;
    private final Function<? super ClientHttpRequest, Mono<Void>> callback;
    private final Function<ClientHttpResponse, Mono<ClientHttpResponse>> redirect;
    private final Predicate<InetAddress> allowed;

    /**
     * @param callback writes the request
     * @param redirect what becomes of a response that is to be followed elsewhere
     * @param allowed what the application lets be dialled
     */
    Exchange(
            PodConnector pods,
            HttpMethod method,
            URI uri,
            Function<? super ClientHttpRequest, Mono<Void>> callback,
            Function<ClientHttpResponse, Mono<ClientHttpResponse>> redirect,
            Predicate<InetAddress> allowed) {
        this.pods = pods;
        this.method = method;
        this.uri = uri;
        this.callback = callback;
        this.redirect = redirect;
        this.allowed = allowed;
    }

    /**
     * Sends the request; the attempt ends with it. To be subscribed to once, and it must be. Empty if the pod may not be
     * dialled, and then nothing was sent.
     */
    Mono<ClientHttpResponse> send(RequestAttempt attempt) {
        try {
            if (!allowed.test(attempt.address().getAddress())) {
                attempt.discard();
                return Mono.empty();
            }
        } catch (RuntimeException e) { // of the application
            attempt.discard();
            return Mono.error(e);
        }
        return new Sending(attempt, false).mono();
    }

    /** The request on one connection. */
    private final class Sending {
        private final RequestAttempt attempt;
        private final boolean again;
        private volatile @Nullable WatchedRequest request;
        private volatile @Nullable CountedResponse response;
        private volatile boolean follow;

        /** @param again whether this is the second connection to the same pod */
        Sending(RequestAttempt attempt, boolean again) {
            this.attempt = attempt;
            this.again = again;
        }

        Mono<ClientHttpResponse> mono() {
            return Mono.defer(() -> pods.connect(attempt.address(), method, uri, this::write))
                    .map(this::answered)
                    .switchIfEmpty(Mono.error(() -> new IOException("no response from " + attempt)))
                    .doOnCancel(this::cancelled)
                    .onErrorResume(this::failed)
                    .flatMap(head -> follow ? redirect.apply(head) : Mono.just(head));
        }

        private Mono<Void> write(ClientHttpRequest begun) {
            WatchedRequest watched = new WatchedRequest(begun);
            request = watched;
            if (pods.isConnected(watched)) {
                attempt.connected();
            }
            return watched.write(callback);
        }

        private ClientHttpResponse answered(ClientHttpResponse head) {
            if (isRedirected()) {
                attempt.end(Outcome.SUCCESS);
                return head;
            }
            CountedResponse counted = new CountedResponse(head, attempt);
            response = counted;
            ClientHttpRequest sent = request;
            Mono<Void> terminated = sent == null ? null : pods.terminated(sent);
            if (terminated != null) {
                terminated.subscribe(
                        nothing -> {}, problem -> counted.cancelled(), counted::terminated); // it has ended either way
            }
            follow = sent != null && pods.follows(sent, head);
            return counted;
        }

        private boolean isRedirected() {
            ClientHttpRequest sent = request;
            return sent != null && pods.isRedirected(sent);
        }

        private void cancelled() {
            CountedResponse head = response;
            if (head == null) {
                attempt.end(Outcome.CANCELLED);
            } else {
                head.cancelled();
            }
        }

        private Mono<ClientHttpResponse> failed(Throwable problem) {
            WatchedRequest begun = request;
            if (isRedirected()) {
                attempt.end(Outcome.SUCCESS);
                return Mono.error(problem);
            }
            if (begun != null && begun.hasBodyFailed()) {
                attempt.end(Outcome.LOCAL_ERROR);
                return Mono.error(problem);
            }
            boolean bodyKept = begun == null || !begun.isBodyAsked();
            if (begun == null || !pods.isConnected(begun) || bodyKept && pods.isShakenOff(begun, problem)) {
                return notConnected(problem);
            }
            if (!again && response == null && pods.isUnsent(begun, problem)) {
                return new Sending(attempt, true).mono(); // the pod may be well: the pool's connection was a stale one
            }
            Outcome unprocessed = bodyKept && response == null ? pods.unprocessed(begun) : null;
            if (unprocessed != null) {
                return another(unprocessed, problem);
            }
            attempt.end(FailureOutcome.ofRequest(problem));
            return Mono.error(problem);
        }

        private Mono<ClientHttpResponse> notConnected(Throwable problem) {
            if (!(Exceptions.unwrap(problem) instanceof IOException)) {
                attempt.end(Outcome.LOCAL_ERROR); // the client's settings, or its pool is full
                return Mono.error(problem);
            }
            return another(FailureOutcome.ofConnect(problem), problem);
        }

        private Mono<ClientHttpResponse> another(Outcome outcome, Throwable problem) {
            RequestAttempt next = attempt.retry(outcome);
            return next == null ? Mono.error(problem) : send(next);
        }
    }
}
