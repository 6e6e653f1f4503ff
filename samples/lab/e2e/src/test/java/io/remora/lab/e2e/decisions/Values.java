package io.remora.lab.e2e.decisions;

import io.remora.discovery.Cidr;
import io.remora.discovery.IpAddress;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Constants of nftables as text that can be compared: addresses in one form, concatenations joined. */
final class Values {

    private Values() {}

    static String text(JsonNode constant) {
        if (constant.has("concat")) {
            List<String> parts = new ArrayList<>();
            constant.path("concat").forEach(part -> parts.add(text(part)));
            return join(parts);
        }
        if (constant.isIntegralNumber()) {
            return constant.asString();
        }
        if (constant.isString()) {
            String text = constant.stringValue();
            return IpAddress.tryParse(text).map(IpAddress::toString).orElse(text);
        }
        throw new IllegalArgumentException("not understood as a value: " + constant);
    }

    static String join(List<String> parts) {
        return String.join(" . ", parts);
    }

    /** @param interval addresses, as {@code prefix} or {@code range} */
    static boolean isWithin(String value, JsonNode interval) {
        IpAddress ip = IpAddress.parse(value);
        if (interval.has("prefix")) {
            JsonNode prefix = interval.path("prefix");
            return Cidr.tryParse(prefix.path("addr").asString() + "/"
                            + prefix.path("len").asInt())
                    .orElseThrow()
                    .contains(ip);
        }
        JsonNode range = interval.path("range");
        return ip.compareTo(IpAddress.parse(range.path(0).asString())) >= 0
                && ip.compareTo(IpAddress.parse(range.path(1).asString())) <= 0;
    }
}
