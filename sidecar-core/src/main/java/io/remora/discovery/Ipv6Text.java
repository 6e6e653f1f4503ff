package io.remora.discovery;

/** The canonical text of an IPv6 address (RFC 5952): lower case, no leading zeros, the longest run of zeros as "::". */
final class Ipv6Text {

    private static final int GROUPS = 8;

    private Ipv6Text() {}

    static String format(long high, long low) {
        int runStart = -1;
        int runLength = 1; // a single zero group is written out
        for (int start = 0; start < GROUPS; start++) {
            int end = start;
            while (end < GROUPS && group(high, low, end) == 0) {
                end++;
            }
            if (end - start > runLength) {
                runStart = start;
                runLength = end - start;
            }
        }
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < GROUPS; i++) {
            if (i == runStart) {
                text.append("::");
                i += runLength - 1;
            } else {
                if (i > 0 && i != runStart + runLength) {
                    text.append(':');
                }
                text.append(Integer.toHexString(group(high, low, i)));
            }
        }
        return text.toString();
    }

    private static int group(long high, long low, int index) {
        long word = index < 4 ? high : low;
        return (int) (word >>> 48 - index % 4 * 16) & 0xffff;
    }
}
