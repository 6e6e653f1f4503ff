package io.remora.netfilter;

/** Unsigned decimals, read without the exceptions and the leniency (signs, other digits) of the JDK's parsers. */
final class Numbers {

    private Numbers() {}

    /** A number of at most 9 digits, or -1. */
    static int parseInt(String text) {
        return text.length() > 9 ? -1 : (int) parseLong(text);
    }

    /** A number of at most 18 digits, or -1. */
    static long parseLong(String text) {
        if (text.isEmpty() || text.length() > 18) {
            return -1;
        }
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            char digit = text.charAt(i);
            if (digit < '0' || digit > '9') {
                return -1;
            }
            value = value * 10 + (digit - '0');
        }
        return value;
    }
}
