package io.remora.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.registry.ServiceRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RegistryLogTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(RegistryLog.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final RegistryLog log = new RegistryLog(() -> "cannot list services: 403");
    private final ServiceRegistry registry =
            new ServiceRegistry(new StaticDiscoverySource(List.of()), List.of(log), Runnable::run);

    @BeforeEach
    void listen() {
        lines.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(lines);
        registry.close();
    }

    private List<String> said() {
        return lines.list.stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage() + " " + event.getKeyValuePairs())
                .toList();
    }

    @Test
    void aHoldTimeThatEndsWithoutServicesIsSaidAndSoIsTheRecovery() {
        log.holdIsOver(Duration.ofSeconds(3));

        assertThat(said()).hasSize(1);
        assertThat(said().get(0))
                .startsWith("WARN no Services from the API server within the hold time")
                .contains("hold=\"3s\"", "cannot list services: 403");

        registry.start();
        assertThat(said().get(said().size() - 1)).startsWith("INFO the API server has told the Services");
    }

    @Test
    void aHoldTimeThatEndsAfterTheSyncIsNotWorthALine() {
        registry.start();
        int before = said().size();
        log.holdIsOver(Duration.ofSeconds(3));

        assertThat(said()).hasSize(before);
        assertThat(said()).noneMatch(line -> line.contains("balanced from now on"));
    }

    @Test
    void whereItIsNotKnownThatPairsAreShownTheMessageHasThem() {
        new RegistryLog(() -> "cannot list services: 403", true).holdIsOver(Duration.ofSeconds(3));

        assertThat(lines.list.get(0).getFormattedMessage())
                .startsWith("no Services from the API server within the hold time")
                .endsWith(": hold 3s, reason cannot list services: 403");
        assertThat(lines.list.get(0).getKeyValuePairs()).hasSize(2);
    }
}
