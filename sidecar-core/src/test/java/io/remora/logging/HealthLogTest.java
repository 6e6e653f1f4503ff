package io.remora.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.remora.balancer.BalancerConfig;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.BalancerRules;
import io.remora.balancer.DestinationHealth;
import io.remora.balancer.Ejection;
import io.remora.balancer.EndpointState;
import io.remora.balancer.OutcomeListener;
import io.remora.discovery.Endpoint;
import io.remora.discovery.EndpointConditions;
import io.remora.discovery.IpAddress;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.internal.Moments;
import io.remora.internal.VirtualClock;
import io.remora.outlier.HealthListener;
import io.remora.registry.Destination;
import io.remora.registry.ServiceRegistry;
import io.remora.registry.Services;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class HealthLogTest {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final Logger logger = (Logger) LoggerFactory.getLogger(HealthLog.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final VirtualClock clock = new VirtualClock();
    private final HealthLog log = new HealthLog(new Moments(clock, () -> NOON.plusNanos(clock.read())));
    private final BalancerRegistry balancers = new BalancerRegistry(
            BalancerRules.always(BalancerConfig.DEFAULT), DestinationHealth.Factory.NONE, OutcomeListener.NONE, clock);
    private final StaticDiscoverySource source =
            new StaticDiscoverySource(List.of(Services.service("stock", "10.96.0.20", pod())));
    private final ServiceRegistry registry = new ServiceRegistry(source, List.of(balancers, log), Runnable::run);

    @BeforeEach
    void listen() {
        registry.start();
        lines.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(lines);
        registry.close();
    }

    @Test
    void anEndpointThatIsEjectedAndComesBackIsALineEach() {
        EndpointState endpoint = endpoint();
        Ejection ejection = new Ejection("2 consecutive failures, the last: refused", 0, seconds(30), 1);

        log.ejected(endpoint, HealthListener.Rule.CONSECUTIVE_FAILURES, ejection);
        clock.advance(Duration.ofSeconds(31));
        log.returned(endpoint, ejection);

        assertThat(said())
                .containsExactly(
                        "WARN endpoint ejected service=\"shop/stock:http\" endpoint=\"" + endpoint
                                + "\" pod=\"shop/stock-0\" rule=\"consecutive_failures\" cause=\"2 consecutive failures,"
                                + " the last: refused\" times=\"1\" for=\"PT30S\" until=\"2026-01-01T12:00:30Z\"",
                        "INFO endpoint is back service=\"shop/stock:http\" endpoint=\"" + endpoint
                                + "\" pod=\"shop/stock-0\" after=\"PT31S\"");
    }

    @Test
    void aCircuitBreakerThatOpensIsSaidAndThatItClosed() {
        log.shut(endpoint().destination(), true);
        log.shut(endpoint().destination(), false);

        assertThat(said())
                .containsExactly(
                        "WARN the circuit breaker opened: connections are reset at once service=\"shop/stock:http\"",
                        "INFO the circuit breaker closed: connections are let in again service=\"shop/stock:http\"");
    }

    @Test
    void panicIsSaidAndThatItIsOver() {
        log.panicked(endpoint().destination(), true);
        log.panicked(endpoint().destination(), false);

        assertThat(said())
                .containsExactly(
                        "WARN so many endpoints are ejected that all are used service=\"shop/stock:http\"",
                        "INFO enough endpoints are healthy again: ejected ones are not used any more"
                                + " service=\"shop/stock:http\"");
    }

    @Test
    void oneServiceHasABoundedNumberOfLinesAMinuteAndWhatIsLeftOutIsCounted() {
        for (int i = 0; i < 1000; i++) {
            log.panicked(endpoint().destination(), true);
        }
        assertThat(said()).hasSize(20);

        clock.advance(Duration.ofSeconds(61));
        log.panicked(endpoint().destination(), false);

        assertThat(said()).hasSize(21);
        assertThat(said().get(20)).endsWith("linesLeftOut=\"980\"");
    }

    private static Endpoint pod() {
        return new Endpoint(
                IpAddress.parse("10.244.0.1"),
                8080,
                EndpointConditions.READY,
                null,
                null,
                Set.of(),
                Set.of(),
                new Endpoint.TargetRef("Pod", "shop", "stock-0", "uid-0"));
    }

    private EndpointState endpoint() {
        Destination destination =
                registry.snapshot().services().get(0).destinations().get(0);
        return Objects.requireNonNull(balancers.find(destination))
                .candidates()
                .eligible()
                .get(0);
    }

    private static long seconds(int count) {
        return Duration.ofSeconds(count).toNanos();
    }

    private List<String> said() {
        return lines.list.stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage() + " "
                        + String.join(
                                " ",
                                event.getKeyValuePairs().stream()
                                        .map(Object::toString)
                                        .toList()))
                .toList();
    }
}
