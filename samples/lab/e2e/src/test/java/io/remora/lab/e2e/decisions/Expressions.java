package io.remora.lab.e2e.decisions;

import io.remora.discovery.IpAddress;
import io.remora.discovery.TransportAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What the expressions in a table's rules mean for a packet. One that it does not know is an error. */
final class Expressions {

    private final Ruleset ruleset;

    Expressions(Ruleset ruleset) {
        this.ruleset = ruleset;
    }

    /** Everything that a look-up may lead to: one at most, but for a number drawn by lot. */
    List<JsonNode> lookUp(JsonNode map, Packet packet) {
        JsonNode key = map.path("key");
        JsonNode data = map.path("data");
        NamedSet entries = data.isString() ? ruleset.set(data.stringValue()) : NamedSet.ofElements(data.path("set"));
        if (key.has("numgen")) {
            int numbers = key.path("numgen").path("mod").asInt();
            List<JsonNode> drawn = new ArrayList<>();
            for (int number = 0; number < numbers; number++) {
                JsonNode value = entries.get(Integer.toString(number));
                if (value == null) {
                    throw new IllegalArgumentException("the number " + number + " leads nowhere: " + map);
                }
                drawn.add(value);
            }
            return drawn;
        }
        @Nullable JsonNode value = entries.get(value(key, packet));
        return value == null ? List.of() : List.of(value);
    }

    /** Where an address translation may lead. */
    List<TransportAddress> targets(JsonNode dnat, Packet packet) {
        JsonNode address = dnat.path("addr");
        if (address.isString()) {
            IpAddress ip = IpAddress.parse(address.stringValue());
            return List.of(TransportAddress.tcp(ip, dnat.path("port").asInt()));
        }
        List<TransportAddress> targets = new ArrayList<>();
        for (JsonNode target : lookUp(address.path("map"), packet)) {
            JsonNode parts = target.path("concat");
            IpAddress ip = IpAddress.parse(parts.path(0).asString());
            targets.add(TransportAddress.tcp(ip, parts.path(1).asInt()));
        }
        return targets;
    }

    boolean matches(JsonNode match, Packet packet) {
        String left = value(match.path("left"), packet);
        boolean within = isWithin(left, match.path("right"));
        return switch (match.path("op").asString()) {
            case "==", "in" -> within;
            case "!=" -> !within;
            default -> throw new IllegalArgumentException("not understood as a match: " + match);
        };
    }

    private boolean isWithin(String value, JsonNode right) {
        if (right.isString() && right.stringValue().startsWith("@")) {
            return ruleset.set(right.stringValue()).contains(value);
        }
        if (right.has("set")) {
            return NamedSet.ofElements(right.path("set")).contains(value);
        }
        if (right.has("prefix") || right.has("range")) {
            return Values.isWithin(value, right);
        }
        return Values.text(right).equals(value);
    }

    /** What an expression means for the packet. */
    private static String value(JsonNode expression, Packet packet) {
        if (expression.has("concat")) {
            List<String> parts = new ArrayList<>();
            expression.path("concat").forEach(part -> parts.add(value(part, packet)));
            return Values.join(parts);
        }
        String kind = expression.propertyNames().iterator().next();
        JsonNode body = expression.path(kind);
        String what = kind + " " + body.path("protocol").asString("")
                + body.path("key").asString("") + " " + body.path("field").asString("");
        return switch (what.strip()) {
            case "payload ip saddr", "payload ip6 saddr" -> packet.source().toString();
            case "payload ip daddr", "payload ip6 daddr" ->
                packet.destination().ip().toString();
            case "payload th dport" -> Integer.toString(packet.destination().port());
            case "meta l4proto" -> "tcp";
            case "ct state" -> "new";
            // Neither the pod's address nor its interface belongs to the node itself.
            case "fib" -> "unicast";
            default -> throw new IllegalArgumentException("not understood as an expression: " + expression);
        };
    }
}
