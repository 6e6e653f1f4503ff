package io.remora.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes in bytes as people write them: a whole number and one of B, KiB, MiB, GiB. */
final class Sizes {

    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(B|KiB|MiB|GiB)");
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB"};
    private static final int SHIFT = 10;

    private Sizes() {}

    static long parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("not a size: '" + text + "'");
        }
        long value = Long.parseLong(form.group(1));
        for (int i = 0; !UNITS[i].equals(form.group(2)); i++) {
            value <<= SHIFT;
        }
        return value;
    }

    static String format(long bytes) {
        long value = bytes;
        int unit = 0;
        while (value != 0 && unit < UNITS.length - 1 && (value & (1 << SHIFT) - 1) == 0) {
            value >>= SHIFT;
            unit++;
        }
        return value + UNITS[unit];
    }
}
