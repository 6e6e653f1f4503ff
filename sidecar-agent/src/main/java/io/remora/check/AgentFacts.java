package io.remora.check;

import io.remora.discovery.Cidr;
import io.remora.discovery.IpAddress;
import io.remora.discovery.TransportAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What an agent tells of itself.
 *
 * @param services its page {@code /services}
 * @param config its page {@code /config}
 * @param metrics its page {@code /metrics}
 */
record AgentFacts(JsonNode services, JsonNode config, String metrics) {

    private static final Pattern OPENED =
            Pattern.compile("(?m)^remora_connections_opened_total(?:\\{[^\n]*})? ([0-9.E+]+)");

    /**
     * Asks.
     *
     * @throws IOException if no agent answers; the message is for people
     */
    static AgentFacts read(AgentPages agent) throws IOException {
        try {
            AgentFacts facts = new AgentFacts(
                    Reply.JSON.readTree(agent.get("/services")),
                    Reply.JSON.readTree(agent.get("/config")),
                    agent.get("/metrics"));
            if (facts.status().path("state").isMissingNode()) {
                throw new IOException("what answers at " + agent.address() + " is no Remora agent");
            }
            return facts;
        } catch (JacksonException e) {
            throw new IOException("what answers at " + agent.address() + " is no Remora agent", e);
        }
    }

    JsonNode status() {
        return services.path("status");
    }

    /** The value of a setting; empty if it has none. */
    String setting(String name) {
        for (JsonNode each : config) {
            if (each.path("setting").asString("").equals("remora." + name)) {
                return each.path("value").asString("");
            }
        }
        return "";
    }

    int number(String name, int otherwise) {
        String value = setting(name);
        return value.matches("\\d{1,5}") ? Integer.parseInt(value) : otherwise;
    }

    /** What is captured, as the agent was told. */
    List<Cidr> captured() {
        List<Cidr> captured = new ArrayList<>();
        for (String each : setting("capture-cidrs").split("[,\\s]+", -1)) {
            Cidr.tryParseRangeOrAddress(each).ifPresent(captured::add);
        }
        return captured;
    }

    /** Connections that came through the rules since the agent started. */
    long opened() {
        double sum = 0;
        Matcher matcher = OPENED.matcher(metrics);
        while (matcher.find()) {
            sum += Double.parseDouble(matcher.group(1));
        }
        return (long) sum;
    }

    /**
     * A Service port that is balanced.
     *
     * @param service {@code namespace/name}
     * @param addresses where clients dial
     * @param external whether none of them is a ClusterIP
     * @param usable whether an endpoint may be used
     */
    record Balanced(String service, List<TransportAddress> addresses, boolean external, boolean usable) {}

    List<Balanced> balanced() {
        List<Balanced> balanced = new ArrayList<>();
        for (JsonNode each : services.path("destinations")) {
            List<TransportAddress> addresses = new ArrayList<>();
            for (JsonNode address : each.path("addresses")) {
                address(address.asString("")).ifPresent(addresses::add);
            }
            boolean usable = false;
            for (JsonNode endpoint : each.path("endpoints")) {
                usable |= endpoint.path("eligible").asBoolean(false);
            }
            balanced.add(new Balanced(
                    each.path("service").asString(""),
                    addresses,
                    each.path("external").asBoolean(false),
                    usable));
        }
        return balanced;
    }

    /** Reads {@code address:port}, with brackets around an IPv6 address. */
    private static Optional<TransportAddress> address(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1 || !text.substring(colon + 1).matches("\\d{1,5}")) {
            return Optional.empty();
        }
        String host = text.substring(0, colon).replaceAll("[\\[\\]]", "");
        int port = Integer.parseInt(text.substring(colon + 1));
        return IpAddress.tryParse(host).map(ip -> TransportAddress.tcp(ip, port));
    }
}
