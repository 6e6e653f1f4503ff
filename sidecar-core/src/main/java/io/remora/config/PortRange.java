package io.remora.config;

/**
 * Ports next to each other.
 *
 * @param first the lowest
 * @param last the highest, included
 */
record PortRange(int first, int last) {

    /**
     * Reads {@code 61000-62023}.
     *
     * @throws IllegalArgumentException if that is no range of ports
     */
    static PortRange parse(String text) {
        int dash = text.indexOf('-');
        if (dash < 0) {
            throw new IllegalArgumentException("no range");
        }
        int first = Integer.parseInt(text.substring(0, dash));
        int last = Integer.parseInt(text.substring(dash + 1));
        if (first < 1 || last > 65535 || first > last) {
            throw new IllegalArgumentException("out of range");
        }
        return new PortRange(first, last);
    }

    /** As it is read. */
    @Override
    public String toString() {
        return first + "-" + last;
    }
}
