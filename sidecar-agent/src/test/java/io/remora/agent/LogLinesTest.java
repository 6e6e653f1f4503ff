package io.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class LogLinesTest {

    private final LoggingEvent event = event();

    @Test
    void aLineForPeopleEndsWithTheFacts() {
        assertThat(new TextLineLayout().doLayout(event))
                .isEqualTo("2026-01-31T12:00:00.123Z WARN  RelayServer  connection closed service=shop/stock active=3"
                        + " reason=\"it said \\\"no\\\"\"\n");
    }

    @Test
    void aLineForMachinesIsOneJsonObject() {
        String line = new String(new JsonLineEncoder().encode(event), StandardCharsets.UTF_8);

        assertThat(line).endsWith("}\n").doesNotContain("\n ");
        assertThat(Json.MAPPER.readValue(line, Object.class))
                .isEqualTo(Map.of(
                        "time", "2026-01-31T12:00:00.123Z",
                        "level", "warn",
                        "logger", "io.remora.relay.RelayServer",
                        "message", "connection closed",
                        "service", "shop/stock",
                        "active", 3,
                        "reason", "it said \"no\""));
    }

    private static LoggingEvent event() {
        LoggingEvent event = new LoggingEvent(
                LogLinesTest.class.getName(),
                new LoggerContext().getLogger("io.remora.relay.RelayServer"),
                Level.WARN,
                "connection closed",
                null,
                null);
        event.setInstant(Instant.parse("2026-01-31T12:00:00.123Z"));
        event.addKeyValuePair(new KeyValuePair("service", "shop/stock"));
        event.addKeyValuePair(new KeyValuePair("active", 3));
        event.addKeyValuePair(new KeyValuePair("reason", "it said \"no\""));
        return event;
    }
}
