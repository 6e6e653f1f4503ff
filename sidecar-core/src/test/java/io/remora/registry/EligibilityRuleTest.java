package io.remora.registry;

import static io.remora.registry.Services.endpoint;
import static org.assertj.core.api.Assertions.assertThat;

import io.remora.discovery.Endpoint;
import io.remora.discovery.TrafficPolicy;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class EligibilityRuleTest {

    private static final Endpoint READY = endpoint("10.0.0.1", true, true, false);
    private static final Endpoint NOT_READY = endpoint("10.0.0.2", false, false, false);
    private static final Endpoint SERVING_TERMINATING = endpoint("10.0.0.3", false, true, true);
    private static final Endpoint GONE = endpoint("10.0.0.4", false, false, true);

    @Test
    void readyEndpointsAreUsedAndNoOthers() {
        assertThat(decide(READY, NOT_READY, SERVING_TERMINATING, GONE))
                .containsExactly(
                        Eligibility.READY,
                        Eligibility.NOT_READY,
                        Eligibility.TERMINATING,
                        Eligibility.TERMINATING_NOT_SERVING);
    }

    @Test
    void servingAndTerminatingOnesAreUsedWhenNoneIsReady() {
        assertThat(decide(NOT_READY, SERVING_TERMINATING, GONE))
                .containsExactly(
                        Eligibility.NOT_READY, Eligibility.SERVING_TERMINATING, Eligibility.TERMINATING_NOT_SERVING);
    }

    @Test
    void servingButNotReadyIsNotEnoughUnlessTerminating() {
        assertThat(decide(endpoint("10.0.0.5", false, true, false))).containsExactly(Eligibility.NOT_READY);
    }

    @Test
    void readyWinsOverTerminatingAsPublishedNotReadyAddressesHaveIt() {
        assertThat(decide(endpoint("10.0.0.6", true, false, true))).containsExactly(Eligibility.READY);
    }

    @Test
    void nothingIsDecidedAboutNothing() {
        assertThat(decide()).isEmpty();
    }

    private static List<Eligibility> decide(Endpoint... endpoints) {
        return EligibilityRule.decide(Arrays.asList(endpoints), TrafficPolicy.CLUSTER, ClientLocation.UNKNOWN)
                .endpoints()
                .stream()
                .map(EndpointDecision::eligibility)
                .toList();
    }
}
