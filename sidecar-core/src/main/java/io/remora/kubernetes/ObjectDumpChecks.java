package io.remora.kubernetes;

import io.remora.discovery.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * What kube-proxy and the watch pass over in silence and the API server would not have taken: in a dump, which may be edited
 * by hand, a person wants to hear of it. Pure functions.
 */
final class ObjectDumpChecks {

    private ObjectDumpChecks() {}

    /** Returns a problem for each value that cannot be, with its field. */
    static List<String> service(JsonNode service) {
        List<String> problems = new ArrayList<>();
        JsonNode spec = service.path("spec");
        oneOf(spec, "sessionAffinity", Set.of("None", "ClientIP"), problems);
        oneOf(spec, "internalTrafficPolicy", Set.of("Cluster", "Local"), problems);
        oneOf(spec, "externalTrafficPolicy", Set.of("Cluster", "Local"), problems);
        each(spec.path("externalIPs"), "spec.externalIPs", Addresses::tryParse, "an IP address", problems);
        each(
                spec.path("loadBalancerSourceRanges"),
                "spec.loadBalancerSourceRanges",
                text -> Addresses.tryParseRange(text.strip()),
                "a range like 10.0.0.0/8",
                problems);
        return problems;
    }

    /** As {@link #service(JsonNode)}. */
    static List<String> endpointSlice(JsonNode slice) {
        List<String> problems = new ArrayList<>();
        String type = slice.path("addressType").asString("");
        int index = 0;
        for (JsonNode endpoint : slice.path("endpoints")) {
            String field = "endpoints[" + index++ + "].addresses";
            JsonNode addresses = endpoint.path("addresses");
            if (addresses.isArray() && addresses.isEmpty()) {
                problems.add(field + " is empty");
            }
            if (type.equals("IPv4") || type.equals("IPv6")) {
                each(
                        addresses,
                        field,
                        text -> Addresses.tryParse(text).filter(ip -> isOf(type, ip)),
                        "an " + type + " address",
                        problems);
            }
        }
        return problems;
    }

    private static boolean isOf(String addressType, IpAddress ip) {
        return addressType.equals("IPv6") == ip.toString().contains(":");
    }

    private static void oneOf(JsonNode spec, String field, Set<String> known, List<String> problems) {
        JsonNode value = spec.path(field);
        if (value.isString() && !value.asString().isEmpty() && !known.contains(value.asString())) {
            problems.add("spec." + field + " must be "
                    + String.join(" or ", known.stream().sorted().toList()) + ", not '" + value.asString() + "'");
        }
    }

    private static void each(
            JsonNode list, String field, Function<String, Optional<?>> parse, String expected, List<String> problems) {
        int index = 0;
        for (JsonNode item : list.isArray() ? list : list.path("none")) {
            if (item.isString() && parse.apply(item.asString()).isEmpty()) {
                problems.add(field + "[" + index + "]: " + expected + " is expected, not '" + item.asString() + "'");
            }
            index++;
        }
    }
}
