package io.remora.spring.webclient;

import io.remora.balancer.Outcome;
import io.remora.client.FailureOutcome;
import io.remora.client.RequestAttempt;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.http.client.reactive.ClientHttpResponseDecorator;
import reactor.core.publisher.Flux;

/** A response whose request is in flight until its body has been read, has failed or is not wanted any more. */
final class CountedResponse extends ClientHttpResponseDecorator {

    private final RequestAttempt attempt;
    private final Outcome head;
    private volatile boolean reading;

    CountedResponse(ClientHttpResponse delegate, RequestAttempt attempt) {
        super(delegate);
        this.attempt = attempt;
        head = Outcome.ofHttpStatus(delegate.getStatusCode().value());
        attempt.answered(head);
    }

    @Override
    public Flux<DataBuffer> getBody() {
        return super.getBody()
                .doOnSubscribe(subscription -> reading = true)
                .doOnComplete(() -> attempt.end(head))
                .doOnError(problem -> end(FailureOutcome.ofRequest(problem)))
                .doOnCancel(() -> end(Outcome.CANCELLED));
    }

    /** Nobody waits for the response. Whoever reads the body has its own way to say so. */
    void cancelled() {
        if (!reading) {
            end(Outcome.CANCELLED);
        }
    }

    /** The connection is free again, or gone: if nobody reads, nobody will. */
    void terminated() {
        if (!reading) {
            attempt.end(head);
        }
    }

    /** A status that says that the endpoint failed says more than what became of the body. */
    private void end(Outcome body) {
        attempt.end(head.isEndpointFailure() ? head : body);
    }
}
