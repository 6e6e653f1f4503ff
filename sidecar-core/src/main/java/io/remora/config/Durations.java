package io.remora.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: a whole number and one of ms, s, m, h. */
public final class Durations {

    private static final Pattern FORM = Pattern.compile("(\\d{1,12})(ms|s|m|h)");
    private static final long SECOND = 1000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;

    private Durations() {}

    /**
     * Reads for example {@code 250ms}, {@code 3s}, {@code 5m}, {@code 1h}.
     *
     * @throws IllegalArgumentException if the text has another form
     */
    public static Duration parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("not a duration: '" + text + "'");
        }
        long number = Long.parseLong(form.group(1));
        return switch (form.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }

    /** Writes it with the largest unit that leaves a whole number; what is below a millisecond is cut. */
    public static String format(Duration duration) {
        long millis = duration.toMillis();
        if (millis % SECOND != 0) {
            return millis + "ms";
        }
        if (millis == 0 || millis % MINUTE != 0) {
            return millis / SECOND + "s";
        }
        return millis % HOUR != 0 ? millis / MINUTE + "m" : millis / HOUR + "h";
    }
}
