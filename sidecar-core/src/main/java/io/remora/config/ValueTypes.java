package io.remora.config;

import io.remora.balancer.BalancerConfig.HashOn;
import io.remora.balancer.BalancerConfig.Weights;
import io.remora.discovery.Cidr;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.outlier.ProbeConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The types of settings. */
final class ValueTypes {

    static final ValueType<String> NAME = new ValueType<>("name", "a name", text -> text, text -> text);

    static final ValueType<Path> PATH =
            new ValueType<>("path", "the path of a file or folder", Path::of, Path::toString);

    static final ValueType<Integer> PORT = integer("port", 1, 65535);

    static final ValueType<PortRange> PORT_RANGE = new ValueType<>(
            "port-range",
            "the first and the last port, for example 61000-62023",
            PortRange::parse,
            PortRange::toString);

    private static final String DURATION_FORM = "a whole number and a unit, for example 250ms, 3s, 5m or 1h";

    static final ValueType<List<String>> NAMES = new ValueType<>(
            "names", "names with commas between them", ValueTypes::splitNames, names -> String.join(",", names));

    static final ValueType<List<ServiceId>> SERVICES = new ValueType<>(
            "services",
            "Services as NAMESPACE/NAME with commas between them, for example shop/web,shop/stock",
            text -> splitNames(text).stream().map(ValueTypes::parseService).toList(),
            services -> services.stream().map(ServiceId::toString).collect(Collectors.joining(",")));

    static final ValueType<List<IpAddress>> ADDRESSES = new ValueType<>(
            "addresses",
            "IP addresses with commas between them, for example 127.0.0.1,::1",
            text -> splitNames(text).stream().map(IpAddress::parse).toList(),
            ips -> ips.stream().map(IpAddress::toString).collect(Collectors.joining(",")));

    static final ValueType<List<Cidr>> CIDRS = new ValueType<>(
            "cidrs",
            "ranges or addresses with commas between them, for example 10.96.0.0/12,fd00:96::/108",
            text -> splitNames(text).stream().map(ValueTypes::parseCidr).toList(),
            cidrs -> cidrs.stream().map(Cidr::toString).collect(Collectors.joining(",")));

    static final ValueType<URI> HTTP_URL =
            new ValueType<>("url", "an address such as https://10.96.0.1:443", ValueTypes::parseUrl, URI::toString);

    private static final String CLIENT = "client";
    private static final String HEADER = "header:";
    private static final Pattern HEADER_NAME = Pattern.compile("[\\w!#$%&'*+.^`|~-]+");
    private static final Pattern POD_PATTERN = Pattern.compile("[a-z0-9.*-]+");

    static final ValueType<HashOn> HASH_ON = new ValueType<>(
            "hash-on",
            "client, or header:NAME, for example header:x-user",
            ValueTypes::parseHashOn,
            on -> on.header() == null ? CLIENT : HEADER + on.header());

    static final ValueType<Weights> WEIGHTS = new ValueType<>(
            "weights",
            "patterns of pod names, each once and with a weight from 1 to " + Weights.MAX
                    + ", for example stock-v2-*=10,stock-v1-*=90",
            ValueTypes::parseWeights,
            weights -> weights.byPattern().entrySet().stream()
                    .map(each -> each.getKey() + "=" + each.getValue())
                    .collect(Collectors.joining(",")));

    static final ValueType<Boolean> ON_OFF = either("switch", "on", "off");

    static final ValueType<String> URL_PATH = new ValueType<>(
            "url-path",
            "a path that begins with / and is percent-encoded, for example /healthz or /a%20b",
            ValueTypes::parseUrlPath,
            path -> path);

    private ValueTypes() {}

    static ValueType<Integer> integer(String label, int min, int max) {
        return new ValueType<>(
                label,
                "a number from " + min + " to " + max,
                text -> {
                    int value = Integer.parseInt(text);
                    if (value < min || value > max) {
                        throw new IllegalArgumentException("out of range");
                    }
                    return value;
                },
                String::valueOf);
    }

    /** A duration in a range. */
    static ValueType<Duration> duration(Duration min, Duration max) {
        return new ValueType<>(
                "duration",
                DURATION_FORM + ", from " + Durations.format(min) + " to " + Durations.format(max),
                text -> inRange(Durations.parse(text), min, max),
                Durations::format);
    }

    /** Several durations in a range. */
    static ValueType<List<Duration>> durations(Duration min, Duration max) {
        ValueType<Duration> one = duration(min, max);
        return new ValueType<>(
                "durations",
                "durations with commas between them, for example 250ms,1s, each from " + one.format(min) + " to "
                        + one.format(max),
                text -> splitNames(text).stream().map(one::parse).toList(),
                durations -> durations.stream().map(one::format).collect(Collectors.joining(",")));
    }

    private static Duration inRange(Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException("out of range");
        }
        return value;
    }

    /** A size in bytes. */
    static ValueType<Long> sizeFrom(long min) {
        return new ValueType<>(
                "size",
                "a whole number and a unit, for example 512KiB or 16MiB, at least " + Sizes.format(min),
                text -> {
                    long bytes = Sizes.parse(text);
                    if (bytes < min) {
                        throw new IllegalArgumentException("out of range");
                    }
                    return bytes;
                },
                Sizes::format);
    }

    /** A number of percent. */
    static ValueType<Integer> percent(int min, int max) {
        return integer("percent", min, max);
    }

    /** One of two words. */
    static ValueType<Boolean> either(String label, String yes, String no) {
        return new ValueType<>(
                label,
                "one of " + yes + ", " + no,
                given -> {
                    String word = given.toLowerCase(Locale.ROOT);
                    if (!word.equals(yes) && !word.equals(no)) {
                        throw new IllegalArgumentException("no such choice");
                    }
                    return word.equals(yes);
                },
                value -> value ? yes : no);
    }

    static <E extends Enum<E>> ValueType<E> choice(String label, E[] values, Function<E, String> text) {
        String known = Arrays.stream(values).map(text).collect(Collectors.joining(", "));
        return new ValueType<>(
                label,
                "one of " + known,
                given -> Arrays.stream(values)
                        .filter(value -> text.apply(value).equals(given.toLowerCase(Locale.ROOT)))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("no such choice")),
                text);
    }

    private static HashOn parseHashOn(String text) {
        if (text.equals(CLIENT)) {
            return HashOn.CLIENT;
        }
        String header = text.startsWith(HEADER) ? text.substring(HEADER.length()) : "";
        if (!HEADER_NAME.matcher(header).matches()) {
            throw new IllegalArgumentException("neither the client nor a header");
        }
        return new HashOn(header);
    }

    private static Weights parseWeights(String text) {
        Map<String, Integer> weights = new LinkedHashMap<>();
        for (String part : splitNames(text)) {
            int equals = part.indexOf('=');
            String pattern = equals < 0 ? "" : part.substring(0, equals).strip();
            if (!POD_PATTERN.matcher(pattern).matches()
                    || weights.put(
                                    pattern,
                                    Integer.valueOf(part.substring(equals + 1).strip()))
                            != null) {
                throw new IllegalArgumentException("no weight of a pattern, or two");
            }
        }
        return new Weights(weights);
    }

    private static List<String> splitNames(String text) {
        List<String> names =
                Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        if (names.contains("")) {
            throw new IllegalArgumentException("an empty name");
        }
        return names;
    }

    private static ServiceId parseService(String text) {
        int slash = text.indexOf('/');
        if (slash <= 0 || slash == text.length() - 1 || text.indexOf('/', slash + 1) >= 0) {
            throw new IllegalArgumentException("not NAMESPACE/NAME");
        }
        return new ServiceId(text.substring(0, slash), text.substring(slash + 1));
    }

    private static Cidr parseCidr(String text) {
        return Cidr.tryParseRangeOrAddress(text).orElseThrow(() -> new IllegalArgumentException("no range"));
    }

    private static String parseUrlPath(String text) {
        if (text.chars().anyMatch(c -> c > '~')) {
            throw new IllegalArgumentException("no path that can stand in a request");
        }
        ProbeConfig.checkPath(text);
        return text;
    }

    private static URI parseUrl(String text) {
        URI uri = URI.create(text);
        if (uri.getHost() == null || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
            throw new IllegalArgumentException("not an http or https address");
        }
        return uri;
    }
}
