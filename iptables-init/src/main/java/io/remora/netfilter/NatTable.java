package io.remora.netfilter;

import java.util.ArrayList;
import java.util.List;

/**
 * The nat table as {@code iptables-save -c -t nat} prints it.
 *
 * @param chains names of all chains, in order
 * @param entries all rules, in order
 */
record NatTable(List<String> chains, List<Entry> entries) {

    /** A table that was never used. */
    static final NatTable EMPTY = new NatTable(List.of(), List.of());

    /**
     * One rule of the table.
     *
     * @param chain the chain that holds it
     * @param spec what follows {@code -A CHAIN}
     * @param packets how many packets matched; 0 when the text has no counters
     */
    record Entry(String chain, String spec, long packets) {
        /** Whether the rule sends packets to that chain. */
        boolean leadsTo(String target) {
            return spec.endsWith(" -j " + target)
                    || spec.endsWith(" -g " + target)
                    || spec.equals("-j " + target)
                    || spec.equals("-g " + target);
        }
    }

    static NatTable parse(String saved) {
        List<String> chains = new ArrayList<>();
        List<Entry> entries = new ArrayList<>();
        boolean nat = false;
        int at = 0;
        while (at < saved.length()) {
            int end = saved.indexOf('\n', at);
            end = end < 0 ? saved.length() : end;
            String line = saved.substring(at, end).trim();
            at = end + 1;
            if (line.startsWith("*")) {
                nat = line.equals("*nat");
            } else if (nat && line.startsWith(":")) {
                int space = line.indexOf(' ');
                chains.add(line.substring(1, space < 0 ? line.length() : space));
            } else if (nat) {
                addEntry(entries, line);
            }
        }
        return new NatTable(chains, entries);
    }

    /** The rules of one chain, in order. */
    List<Entry> of(String chain) {
        List<Entry> ofChain = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.chain().equals(chain)) {
                ofChain.add(entry);
            }
        }
        return ofChain;
    }

    /** All rules that send packets to that chain, in order. */
    List<Entry> leadingTo(String target) {
        List<Entry> leading = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.leadsTo(target)) {
                leading.add(entry);
            }
        }
        return leading;
    }

    /** Packets that the rules of {@link CaptureRules#CHAIN} redirected so far. */
    long redirected() {
        long packets = 0;
        for (Entry entry : entries) {
            if (entry.chain().equals(CaptureRules.CHAIN) && entry.spec().contains("-j REDIRECT")) {
                packets += entry.packets();
            }
        }
        return packets;
    }

    /** Packets that were left alone so far for their type of service. */
    long letThrough() {
        long packets = 0;
        for (Entry entry : entries) {
            if (entry.chain().equals(CaptureRules.CHAIN) && entry.spec().contains(CaptureRules.DSCP)) {
                packets += entry.packets();
            }
        }
        return packets;
    }

    /** Reads {@code [12:720] -A OUTPUT -p tcp -j X}; other lines are no rules. */
    private static void addEntry(List<Entry> entries, String line) {
        String rule = line;
        long packets = 0;
        if (line.startsWith("[")) {
            int close = line.indexOf(']');
            int colon = line.indexOf(':');
            if (colon < 0 || close < colon) {
                return;
            }
            packets = Math.max(0, Numbers.parseLong(line.substring(1, colon)));
            rule = line.substring(close + 1).trim();
        }
        if (!rule.startsWith("-A ")) {
            return;
        }
        int space = rule.indexOf(' ', 3);
        if (space < 0) {
            entries.add(new Entry(rule.substring(3), "", packets));
        } else {
            entries.add(new Entry(rule.substring(3, space), rule.substring(space + 1), packets));
        }
    }
}
