package io.remora.discovery;

import java.util.regex.Pattern;

/** A label of RFC 1123, as names of Services and namespaces are: up to 63 lower-case letters, digits, and dashes within. */
public final class DnsLabel {

    /** Matches a label, and nothing around it. */
    public static final Pattern PATTERN = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    private DnsLabel() {}

    public static boolean matches(String text) {
        return PATTERN.matcher(text).matches();
    }
}
