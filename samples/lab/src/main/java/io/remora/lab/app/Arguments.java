package io.remora.lab.app;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Command line arguments of the form {@code --key value}. */
final class Arguments {
    private final Map<String, String> values = new HashMap<>();

    /**
     * @param known the keys that the command has
     * @throws IllegalArgumentException for another key, or a key without a value
     */
    Arguments(String[] arguments, int from, Set<String> known) {
        for (int i = from; i < arguments.length; i += 2) {
            String key = arguments[i].startsWith("--") ? arguments[i].substring(2) : "";
            if (!known.contains(key)) {
                throw new IllegalArgumentException("unknown argument " + arguments[i] + "; known: " + known);
            }
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException(arguments[i] + " needs a value");
            }
            values.put(key, arguments[i + 1]);
        }
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    String text(String key, String otherwise) {
        return values.getOrDefault(key, otherwise);
    }

    int number(String key, int otherwise) {
        return Math.toIntExact(longNumber(key, otherwise));
    }

    long longNumber(String key, long otherwise) {
        String value = values.get(key);
        try {
            return value == null ? otherwise : Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--" + key + " must be a whole number: " + value, e);
        }
    }

    /** {@code --target ADDRESS:PORT}, {@code [ADDRESS]:PORT} for IPv6. */
    InetSocketAddress target() {
        return address(text("target", ""));
    }

    static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException("an address must be ADDRESS:PORT: \"" + text + "\"");
        }
        String host = text.substring(0, colon).replace("[", "").replace("]", "");
        return new InetSocketAddress(host, Integer.parseInt(text.substring(colon + 1)));
    }
}
