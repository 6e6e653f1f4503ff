package io.remora.netfilter;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A set of TCP ports.
 *
 * @param ranges in ascending order, neither overlapping nor adjacent
 */
public record Ports(List<PortRange> ranges) {

    /** No port. */
    public static final Ports NONE = new Ports(List.of());

    /** What one multiport match holds; a range takes two of them (xt_multiport.h, XT_MULTI_PORTS). */
    private static final int MULTIPORT_SLOTS = 15;

    /** Sorts and merges the ranges. */
    public Ports {
        ranges = merged(ranges);
    }

    /** Whether the set is empty. */
    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    /** Whether the port is of the set. */
    public boolean contains(int port) {
        for (PortRange range : ranges) {
            if (range.first() <= port && port <= range.last()) {
                return true;
            }
        }
        return false;
    }

    /** The matches that together cover the set, each a part of one rule. */
    List<String> matches() {
        List<String> matches = new ArrayList<>();
        int at = 0;
        while (at < ranges.size()) {
            int slots = 0;
            int from = at;
            StringBuilder list = new StringBuilder();
            while (at < ranges.size() && slots + slotsOf(ranges.get(at)) <= MULTIPORT_SLOTS) {
                list.append(list.length() == 0 ? "" : ",").append(ranges.get(at));
                slots += slotsOf(ranges.get(at));
                at++;
            }
            matches.add((at - from == 1 ? "-p tcp -m tcp --dport " : "-p tcp -m multiport --dports ") + list);
        }
        return matches;
    }

    /** The ranges, comma-separated. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (PortRange range : ranges) {
            text.append(text.length() == 0 ? "" : ",").append(range);
        }
        return text.toString();
    }

    private static int slotsOf(PortRange range) {
        return range.first() == range.last() ? 1 : 2;
    }

    private static List<PortRange> merged(List<PortRange> ranges) {
        if (ranges.isEmpty()) {
            return List.of();
        }
        List<PortRange> sorted = new ArrayList<>(ranges);
        sorted.sort(BY_FIRST);
        List<PortRange> merged = new ArrayList<>();
        PortRange current = sorted.get(0);
        for (PortRange next : sorted) {
            if (next.first() <= current.last() + 1) {
                current = new PortRange(current.first(), Math.max(current.last(), next.last()));
            } else {
                merged.add(current);
                current = next;
            }
        }
        merged.add(current);
        return List.copyOf(merged);
    }

    private static final Comparator<PortRange> BY_FIRST = new Comparator<>() {
        @Override
        public int compare(PortRange left, PortRange right) {
            return Integer.compare(left.first(), right.first());
        }
    };
}
