package io.remora;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.discovery.Cidr;
import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import io.remora.discovery.TransportAddress;
import io.remora.kubernetes.ObjectDump;
import io.remora.registry.ClientLocation;
import io.remora.registry.RegistryConfig;
import io.remora.registry.RegistrySnapshot;
import io.remora.registry.Route;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every decision about a TCP connection that a real kube-proxy made, next to ours. kube-proxy's two modes differ here and
 * there; which of them Remora follows, and the only differences that are meant, stand in {@link Difference}.
 */
class KubeProxyDecisionsTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** All that Remora means to decide otherwise. */
    private enum Difference {
        /** An address of the Service network that no Service has: nftables mode drops; Remora captures Services only. */
        UNKNOWN_ADDRESS_PASSES("nftables"),
        /** A load balancer address that is an external IP too binds clients by the source ranges, as in nftables mode. */
        SOURCE_RANGES_BIND_EXTERNAL_IP("iptables"),
        /** Node ports are served on the addresses in the node's status, as in nftables mode. */
        NODE_PORT_ON_STATUS_ADDRESSES_ONLY("iptables");

        private final String mode;

        Difference(String mode) {
            this.mode = mode;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "cases-hand.json, nftables, true",
        "cases-random.json, nftables, true",
        "cases-hand.json, iptables, false",
        "cases-random.json, iptables, false"
    })
    void everyDecisionIsMet(String file, String mode, boolean rejectUndefinedPorts) {
        Comparison comparison = new Comparison(read(file), mode, rejectUndefinedPorts);
        comparison.run();
        assertThat(comparison.unexpected).isEmpty();
        assertThat(comparison.compared).isGreaterThan(1000);
    }

    @Test
    void everyNamedDifferenceIsReal() {
        Map<Difference, Integer> seen = new EnumMap<>(Difference.class);
        for (String mode : List.of("nftables", "iptables")) {
            Comparison comparison = new Comparison(read("cases-hand.json"), mode, mode.equals("nftables"));
            comparison.run();
            comparison.differences.forEach((difference, count) -> seen.merge(difference, count, Integer::sum));
        }
        assertThat(seen).containsOnlyKeys(Difference.values());
    }

    private static JsonNode read(String file) {
        try (InputStream in = Objects.requireNonNull(
                KubeProxyDecisionsTest.class.getResourceAsStream("/kube-proxy-decisions/" + file), file)) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new IllegalStateException(file, e);
        }
    }

    /** One file in one mode. */
    private static final class Comparison {

        private final JsonNode root;
        private final String mode;
        private final boolean rejectUndefinedPorts;
        private final Map<String, ObjectDump.Node> nodes = new LinkedHashMap<>();
        private final List<Cidr> serviceCidrs = new ArrayList<>();
        private final List<String> unexpected = new ArrayList<>();
        private final Map<Difference, Integer> differences = new EnumMap<>(Difference.class);
        private int compared;

        Comparison(JsonNode root, String mode, boolean rejectUndefinedPorts) {
            this.root = root;
            this.mode = mode;
            this.rejectUndefinedPorts = rejectUndefinedPorts;
            for (JsonNode node : root.path("nodes")) {
                JsonNode zone = node.path("labels").path("topology.kubernetes.io/zone");
                nodes.put(
                        node.path("name").asString(),
                        new ObjectDump.Node(
                                node.path("name").asString(),
                                zone.isMissingNode() ? null : zone.asString(),
                                addresses(node.path("addresses"))));
            }
            root.path("serviceCIDRs")
                    .forEach(cidr ->
                            serviceCidrs.add(Cidr.tryParse(cidr.asString()).orElseThrow()));
        }

        void run() {
            for (JsonNode each : root.path("cases")) {
                Map<String, JsonNode> objects = new LinkedHashMap<>();
                put(objects, each);
                compare(each, 0, objects);
                int step = 0;
                for (JsonNode change : each.path("steps")) {
                    change.path("delete").forEach(name -> objects.remove(name.asString()));
                    put(objects, change);
                    compare(each, ++step, objects);
                }
            }
        }

        private static void put(Map<String, JsonNode> objects, JsonNode from) {
            from.path("services").forEach(service -> put(objects, service, "v1", "Service"));
            from.path("endpointSlices").forEach(slice -> put(objects, slice, "discovery.k8s.io/v1", "EndpointSlice"));
        }

        private static void put(Map<String, JsonNode> objects, JsonNode object, String apiVersion, String kind) {
            ((tools.jackson.databind.node.ObjectNode) object)
                    .put("apiVersion", apiVersion)
                    .put("kind", kind);
            objects.put(kind + "/" + object.path("metadata").path("name").asString(), object);
        }

        private void compare(JsonNode each, int step, Map<String, JsonNode> objects) {
            ObjectDump dump = dump(objects);
            Map<String, JsonNode> clients = clients(each);
            Map<String, RegistrySnapshot> snapshots = new LinkedHashMap<>();
            for (ObjectDump.Node node : nodes.values()) {
                snapshots.put(
                        node.name(),
                        RegistrySnapshot.of(
                                new RegistryConfig(
                                        ClientLocation.onNode(node.name(), node.zone()),
                                        node.addresses(),
                                        rejectUndefinedPorts,
                                        List.of()),
                                dump.services()));
            }
            for (JsonNode decision : each.path("decisions")) {
                if (decision.path("step").asInt(0) == step
                        && decision.path("protocol").asString().equals("TCP")) {
                    for (JsonNode result : decision.path("results")) {
                        if (result.path("modes").isMissingNode() || contains(result.path("modes"), mode)) {
                            for (JsonNode client : result.path("clients")) {
                                JsonNode caller = Objects.requireNonNull(clients.get(client.asString()));
                                compare(
                                        each.path("name").asString() + ", step " + step + ", " + client.asString(),
                                        decision,
                                        result,
                                        caller,
                                        Objects.requireNonNull(snapshots.get(
                                                caller.path("node").asString())));
                            }
                        }
                    }
                }
            }
        }

        private Map<String, JsonNode> clients(JsonNode each) {
            Map<String, JsonNode> clients = new LinkedHashMap<>();
            for (JsonNode node : root.path("nodes")) {
                clients.put(
                        node.path("name").asString(),
                        JSON.createObjectNode()
                                .put("node", node.path("name").asString())
                                .set("addresses", node.path("client")));
            }
            each.path("clients")
                    .forEach(client -> clients.put(client.path("name").asString(), client));
            return clients;
        }

        private void compare(
                String where, JsonNode decision, JsonNode result, JsonNode caller, RegistrySnapshot snapshot) {
            TransportAddress address = address(decision, caller);
            IpAddress client = addresses(caller.path("addresses")).stream()
                    .filter(ip -> ip.family() == address.ip().family())
                    .findFirst()
                    .orElseThrow();
            Route route = snapshot.route(address, client);
            String theirs = expected(result);
            String ours = actual(route);
            compared++;
            if (!ours.equals(theirs)) {
                Difference difference = difference(address, result, route, snapshot);
                if (difference == null || !difference.mode.equals(mode)) {
                    unexpected.add(where + ", " + address + ": kube-proxy " + theirs + ", Remora " + ours);
                } else {
                    differences.merge(difference, 1, Integer::sum);
                }
            }
        }

        private Difference difference(
                TransportAddress address, JsonNode result, Route route, RegistrySnapshot snapshot) {
            String verdict = result.path("verdict").asString();
            if (verdict.equals("DROP")
                    && route.cause() == Route.Cause.NO_SERVICE
                    && snapshot.frontend(address) == null
                    && serviceCidrs.stream().anyMatch(cidr -> cidr.contains(address.ip()))) {
                return Difference.UNKNOWN_ADDRESS_PASSES;
            }
            if (verdict.equals("ENDPOINTS") && route.cause() == Route.Cause.OUTSIDE_SOURCE_RANGES) {
                boolean external = Objects.requireNonNull(route.destination())
                        .service()
                        .spec()
                        .externalIps()
                        .contains(address.ip());
                return external ? Difference.SOURCE_RANGES_BIND_EXTERNAL_IP : null;
            }
            boolean nodeAddress =
                    nodes.values().stream().anyMatch(node -> node.addresses().contains(address.ip()));
            if (verdict.equals("ENDPOINTS") && route.cause() == Route.Cause.NO_SERVICE && !nodeAddress) {
                return isSecondary(address.ip()) ? Difference.NODE_PORT_ON_STATUS_ADDRESSES_ONLY : null;
            }
            return null;
        }

        private boolean isSecondary(IpAddress ip) {
            for (JsonNode node : root.path("nodes")) {
                if (addresses(node.path("secondaryAddresses")).contains(ip)) {
                    return true;
                }
            }
            return false;
        }

        private TransportAddress address(JsonNode decision, JsonNode caller) {
            String text = decision.path("address").asString();
            if (text.startsWith("node:")) {
                boolean four = text.endsWith("4");
                IpAddress own = Objects.requireNonNull(
                                nodes.get(caller.path("node").asString()))
                        .addresses()
                        .get(four ? 0 : 1);
                return TransportAddress.tcp(own, decision.path("port").asInt());
            }
            return TransportAddress.tcp(
                    IpAddress.parse(text), decision.path("port").asInt());
        }

        private static String expected(JsonNode result) {
            return switch (result.path("verdict").asString()) {
                case "ENDPOINTS" -> {
                    List<String> endpoints = new ArrayList<>();
                    result.path("endpoints").forEach(endpoint -> endpoints.add(endpoint.asString()));
                    yield endpoints + " affinity "
                            + result.path("affinitySeconds").asInt(0);
                }
                case "REJECT", "DROP" -> "reject";
                case "NONE" -> "pass-through";
                default -> throw new IllegalArgumentException(result.toString());
            };
        }

        private static String actual(Route route) {
            if (route.verdict() != Route.Verdict.FORWARD) {
                return route.verdict().text();
            }
            var destination = Objects.requireNonNull(route.destination());
            Duration affinity = destination.service().spec().affinityTimeout();
            return destination.eligible().stream().map(Endpoint::hostPort).toList() + " affinity "
                    + (affinity == null ? 0 : affinity.toSeconds());
        }

        private static ObjectDump dump(Map<String, JsonNode> objects) {
            StringBuilder text = new StringBuilder();
            objects.values().forEach(object -> text.append(object).append('\n'));
            try {
                return ObjectDump.read(List.of(new ObjectDump.Document("case", text.toString())));
            } catch (ObjectDump.UnusableException e) {
                throw new IllegalStateException(e);
            }
        }

        private static List<IpAddress> addresses(JsonNode texts) {
            List<IpAddress> addresses = new ArrayList<>();
            texts.forEach(text -> addresses.add(IpAddress.parse(text.asString())));
            return addresses;
        }

        private static boolean contains(JsonNode texts, String wanted) {
            for (JsonNode text : texts) {
                if (text.asString().equals(wanted)) {
                    return true;
                }
            }
            return false;
        }
    }
}
