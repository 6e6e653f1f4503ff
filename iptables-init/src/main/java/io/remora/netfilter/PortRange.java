package io.remora.netfilter;

/**
 * Ports from {@code first} to {@code last}, both included, 1-65535.
 *
 * @param first the lowest port
 * @param last the highest port
 */
public record PortRange(int first, int last) {

    /** @throws IllegalArgumentException when a port is out of range or the range is empty */
    public PortRange {
        if (first < 1 || last > 65535 || first > last) {
            throw new IllegalArgumentException("ports must be 1-65535, the lower first: " + first + "-" + last);
        }
    }

    /**
     * Reads {@code 443}, {@code 8000-8099} or {@code 8000:8099}.
     *
     * @throws IllegalArgumentException with a message that says what is wrong with the text
     */
    public static PortRange parse(String text) {
        int dash = Math.max(text.indexOf('-'), text.indexOf(':'));
        int first = Numbers.parseInt(dash < 0 ? text : text.substring(0, dash));
        int last = dash < 0 ? first : Numbers.parseInt(text.substring(dash + 1));
        if (first < 1 || last > 65535 || first > last) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no port; expected 1-65535 or a range like 8000-8099, the lower first");
        }
        return new PortRange(first, last);
    }

    /** As iptables-save writes it. */
    @Override
    public String toString() {
        return first == last ? Integer.toString(first) : first + ":" + last;
    }
}
