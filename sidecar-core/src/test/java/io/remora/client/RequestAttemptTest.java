package io.remora.client;

import static io.remora.registry.Services.ready;
import static io.remora.registry.Services.service;
import static org.assertj.core.api.Assertions.assertThat;

import io.remora.balancer.BalancerConfig;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.Outcome;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RequestAttemptTest {

    private final ClientFixture fixture = ClientFixture.of(
            BalancerConfig.DEFAULT,
            service("catalog", "10.96.0.1", ready("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5")));
    private final DestinationBalancer balancer = fixture.balancer("catalog", 80);

    @Test
    void countsAsInFlightUntilItEnds() throws Exception {
        RequestAttempt attempt = begin();
        assertThat(attempt.endpoint().active()).isEqualTo(1);

        attempt.answered(Outcome.SUCCESS);
        assertThat(attempt.endpoint().active()).isEqualTo(1);
        attempt.end(Outcome.SUCCESS);
        attempt.end(Outcome.RESET);

        assertThat(attempt.endpoint().active()).isZero();
        assertThat(fixture.outcomes).containsExactly(Outcome.SUCCESS);
    }

    @Test
    void theHeadOfTheAnswerTellsTheLatency() throws Exception {
        RequestAttempt attempt = begin();
        fixture.clock.advance(Duration.ofMillis(40));
        attempt.answered(Outcome.SUCCESS);
        fixture.clock.advance(Duration.ofSeconds(4)); // the body
        attempt.end(Outcome.SUCCESS);

        assertThat(attempt.endpoint().latencyNanos(fixture.clock.read()))
                .isPositive()
                .isLessThanOrEqualTo(Duration.ofMillis(40).toNanos());
    }

    @Test
    void aRetryGoesToAnotherEndpointEachTimeAndNotForEver() throws Exception {
        Set<Object> addresses = new HashSet<>();
        RequestAttempt attempt = begin();
        int attempts = 0;
        while (attempt != null) {
            attempts++;
            addresses.add(attempt.address());
            attempt = attempt.retry(Outcome.REFUSED);
        }

        assertThat(attempts).isEqualTo(RequestAttempt.MAX_ATTEMPTS);
        assertThat(addresses).hasSize(RequestAttempt.MAX_ATTEMPTS);
        assertThat(fixture.outcomes).hasSize(RequestAttempt.MAX_ATTEMPTS).containsOnly(Outcome.REFUSED);
        assertThat(fixture.heard).containsExactly("began", "retried", "retried", "retried");
    }

    @Test
    void aConnectionInPlaceOfOneThatWasLostLeavesNoTrace() throws Exception {
        RequestAttempt first = begin();
        first.connected();
        RequestAttempt second = Objects.requireNonNull(first.retry(Outcome.REFUSED));
        second.connected();

        assertThat(balancer.admission().pending()).isZero();
        second.end(Outcome.SUCCESS);
        assertThat(balancer.admission().pending()).isZero();
        assertThat(balancer.admission().open()).isZero();
    }

    @Test
    void anAttemptThatHasEndedIsNotTriedAgain() throws Exception {
        RequestAttempt attempt = begin();
        attempt.end(Outcome.CANCELLED);

        assertThat(attempt.retry(Outcome.REFUSED)).isNull();
        assertThat(fixture.outcomes).containsExactly(Outcome.CANCELLED);
    }

    @Test
    void theBudgetBoundsRetriesOfManyRequests() throws Exception {
        int retries = 0;
        for (int i = 0; i < 1000; i++) {
            RequestAttempt next = begin().retry(Outcome.REFUSED);
            if (next != null) {
                retries++;
                next.end(Outcome.SUCCESS);
            }
        }

        assertThat(retries).isPositive().isLessThan(500);
        assertThat(balancer.retryBudget().exhausted()).isEqualTo(1000 - retries);
    }

    @Test
    void nothingOfARequestIsLeftAfterItsEnd() throws Exception {
        RequestAttempt attempt = Objects.requireNonNull(begin().retry(Outcome.REFUSED));
        attempt.connected();
        attempt.end(Outcome.SUCCESS);

        assertThat(balancer.admission().open()).isZero();
        assertThat(balancer.admission().pending()).isZero();
        assertThat(balancer.destination().eligible())
                .allSatisfy(endpoint -> assertThat(
                                Objects.requireNonNull(balancer.state(endpoint)).active())
                        .isZero());
    }

    private RequestAttempt begin() throws RequestRefusedException {
        return fixture.requests.begin(balancer, name -> null);
    }
}
