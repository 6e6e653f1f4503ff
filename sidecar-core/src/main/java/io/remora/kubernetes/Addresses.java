package io.remora.kubernetes;

import io.remora.discovery.IpAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/** Addresses as old API objects may have them: with leading zeros in an IPv4 address, which mean nothing. */
final class Addresses {

    private static final Pattern LEADING_ZEROS = Pattern.compile("(^|\\.)0+(?=\\d)");

    private Addresses() {}

    static Optional<IpAddress> tryParse(String text) {
        Optional<IpAddress> strict = IpAddress.tryParse(text);
        return strict.isPresent() || text.indexOf(':') >= 0
                ? strict
                : IpAddress.tryParse(LEADING_ZEROS.matcher(text).replaceAll("$1"));
    }
}
