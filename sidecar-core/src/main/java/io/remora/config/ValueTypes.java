package io.remora.config;

import io.remora.discovery.Cidr;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
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

    private static URI parseUrl(String text) {
        URI uri = URI.create(text);
        if (uri.getHost() == null || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
            throw new IllegalArgumentException("not an http or https address");
        }
        return uri;
    }
}
