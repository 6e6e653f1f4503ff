package io.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.remora.discovery.IpAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class LogLinesTest {

    private final LoggingEvent event = event();

    @Test
    void aLineForPeopleEndsWithTheFacts() {
        assertThat(new TextLineLayout().doLayout(event))
                .isEqualTo(
                        "2026-01-31T12:00:00.123Z WARN  RelayServer  connection closed service=shop/stock active=3"
                                + " reason=\"it said \\\"no\\\"\" client=10.0.0.1:4711 timeout=5s listen=\"10.0.0.1, fd00::1\"\n");
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
                        "reason", "it said \"no\"",
                        "client", "10.0.0.1:4711",
                        "timeout", "5s",
                        "listen", List.of("10.0.0.1", "fd00::1")));
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
        event.addKeyValuePair(new KeyValuePair("client", new InetSocketAddress(address("10.0.0.1"), 4711)));
        event.addKeyValuePair(new KeyValuePair("endpoint", null));
        event.addKeyValuePair(new KeyValuePair("timeout", Duration.ofSeconds(5)));
        event.addKeyValuePair(new KeyValuePair("listen", List.of(address("10.0.0.1"), IpAddress.parse("fd00::1"))));
        return event;
    }

    @Test
    void namesThatAreNoAddressesYetAreWrittenToo() {
        assertThat(LogValues.text(InetSocketAddress.createUnresolved("api.local", 443)))
                .isEqualTo("api.local:443");
        assertThat(LogValues.text(new InetSocketAddress(address("fd00::1"), 80)))
                .isEqualTo("[fd00::1]:80");
        assertThat(LogValues.text(List.of(Duration.ofMillis(250), Duration.ofMinutes(1))))
                .isEqualTo("250ms, 1m");
    }

    private static InetAddress address(String text) {
        return IpAddress.parse(text).toInetAddress();
    }
}
