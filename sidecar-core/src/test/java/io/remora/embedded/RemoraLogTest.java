package io.remora.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.Outcome;
import io.remora.client.RequestAttempt;
import io.remora.client.ServiceNames;
import io.remora.config.ConfigReader;
import io.remora.config.SettingSources;
import io.remora.discovery.DiscoveryEvent;
import io.remora.registry.PushedSource;
import io.remora.registry.Services;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** An application's log tells what an agent's does. */
class RemoraLogTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger("io.remora.logging");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final PushedSource source = new PushedSource();
    private final Remora remora = Remora.builder(
                    ConfigReader.read(new SettingSources(Map.of(), Map.of(), Map.of("remora.hold", "10ms")))
                            .config(),
                    new ServiceNames("shop", ServiceNames.DEFAULT_CLUSTER_DOMAIN),
                    source)
            .build();

    @BeforeEach
    void listen() {
        lines.list = new CopyOnWriteArrayList<>();
        lines.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
    }

    @AfterEach
    void stop() {
        remora.close();
        logger.detachAppender(lines);
    }

    @Test
    void tellsOfTheRegistrysLifeAndOfSickEndpoints() throws Exception {
        remora.start();
        awaitLine("WARN no Services from the API server within the hold time");

        source.push(List.of(
                new DiscoveryEvent.Updated(
                        Services.service("stock", "10.96.0.20", Services.ready("10.244.0.1", "10.244.0.2"))),
                new DiscoveryEvent.Synced(true)));
        awaitLine("INFO synced");
        awaitLine("INFO the API server has told the Services");

        DestinationBalancer stock = remora.requests()
                .lookUp("stock", 80)
                .toCompletableFuture()
                .get()
                .orElseThrow();
        for (int i = 0; i < 4; i++) {
            RequestAttempt attempt = remora.requests().begin(stock, name -> null);
            attempt.end(Outcome.REFUSED);
        }
        awaitLine("WARN endpoint ejected");

        source.push(List.of(new DiscoveryEvent.Updated(Services.service("stock", "10.96.0.20"))));
        awaitLine("INFO no usable endpoint left");
    }

    private void awaitLine(String start) {
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(lines.list)
                        .anySatisfy(event -> assertThat(event.getLevel() + " " + event.getFormattedMessage())
                                .startsWith(start)));
    }
}
