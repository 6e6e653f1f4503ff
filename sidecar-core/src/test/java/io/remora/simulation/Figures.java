package io.remora.simulation;

import org.jspecify.annotations.Nullable;

/** Numbers as text. The JDK's own formats of doubles differ between versions. */
final class Figures {

    private static final long[] POWERS = {1, 10, 100, 1000, 10_000, 100_000, 1_000_000};

    private Figures() {}

    /** With so many digits after the point; a half is rounded away from zero. */
    static String fixed(double value, int digits) {
        long scaled = (long) (StrictMath.abs(value) * POWERS[digits] + 0.5);
        String sign = value < 0 && scaled != 0 ? "-" : "";
        String whole = sign + scaled / POWERS[digits];
        if (digits == 0) {
            return whole;
        }
        String part = Long.toString(POWERS[digits] + scaled % POWERS[digits]);
        return whole + "." + part.substring(1);
    }

    /** With its interval; a dash if there is none. */
    static String plusMinus(@Nullable Estimate estimate, double factor, int digits) {
        return estimate == null
                ? "-"
                : fixed(estimate.mean() * factor, digits) + " ± " + fixed(estimate.margin() * factor, digits);
    }

    static String percent(double part) {
        return fixed(100 * part, 1) + " %";
    }
}
