package io.remora.kubernetes;

import io.remora.discovery.Cidr;
import io.remora.discovery.IpAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/** Addresses as old API objects may have them: with leading zeros in an IPv4 address, which mean nothing. */
final class Addresses {

    private static final Pattern LEADING_ZEROS = Pattern.compile("(^|\\.)0+(?=\\d)");

    private Addresses() {}

    /** A range whose address may have leading zeros too. */
    static Optional<Cidr> tryParseRange(String text) {
        int slash = text.indexOf('/');
        return slash < 0
                ? Optional.empty()
                : tryParse(text.substring(0, slash)).flatMap(ip -> Cidr.tryParse(ip + text.substring(slash)));
    }

    static Optional<IpAddress> tryParse(String text) {
        Optional<IpAddress> strict = IpAddress.tryParse(text);
        return strict.isPresent() || text.indexOf(':') >= 0
                ? strict
                : IpAddress.tryParse(LEADING_ZEROS.matcher(text).replaceAll("$1"));
    }
}
