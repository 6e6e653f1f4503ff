package io.remora.netfilter;

import java.util.ArrayList;
import java.util.List;

/**
 * The rules that spread the captured addresses over {@link HashedPorts}; pure functions. They mean what {@link
 * CaptureRules} mean, in a table of Remora's own, because the iptables programs cannot write a hash into a redirect.
 */
public final class HashedRules {

    /** The table, one for each family. */
    static final String TABLE = "remora";

    /** The chain that decides. */
    static final String OUTPUT = "output";

    /** The chain that redirects. */
    static final String SPREAD = "spread";

    /**
     * One before the priority of destination NAT, where the chains of iptables stand: this one comes first, whichever was
     * made first.
     */
    static final String HOOK = "type nat hook output priority -101; policy accept;";

    private HashedRules() {}

    /**
     * The rules of one family.
     *
     * @param output of the chain that decides
     * @param spread of the chain that redirects
     */
    record Chains(List<Rule> output, List<Rule> spread) {
        Chains {
            output = List.copyOf(output);
            spread = List.copyOf(spread);
        }

        int size() {
            return output.size() + spread.size();
        }
    }

    /** The rules of a family that has service CIDRs. */
    static Chains chains(CaptureConfig config, Family family) {
        List<Rule> rules = new ArrayList<>();
        String daddr = daddr(family);
        rules.add(new Rule("meta l4proto != tcp return", "TCP that this pod dials, nothing else"));
        if (!config.exclude().ports().isEmpty()) {
            rules.add(new Rule(dport(config.exclude().ports()) + " return", "excluded ports"));
        }
        addOwn(rules, config.proxy(), family);
        rules.add(new Rule("oifname \"lo\" return", "to this pod itself"));
        rules.add(new Rule(daddr + family.loopbackCidr() + " return", "loopback addresses"));
        for (Address address : config.exclude().apiServer()) {
            if (address.family() == family) {
                rules.add(new Rule(daddr + Cidr.of(address) + " return", "the API server, never captured"));
            }
        }
        for (Cidr cidr : config.exclude().cidrs()) {
            if (cidr.family() == family) {
                rules.add(new Rule(daddr + cidr + " return", "excluded CIDR"));
            }
        }
        boolean all = config.includedPorts().isEmpty();
        for (Cidr cidr : config.serviceCidrs(family)) {
            rules.add(
                    all
                            ? new Rule(daddr + cidr + " goto " + SPREAD, "Services, to the agent")
                            : new Rule(
                                    daddr + cidr + " " + dport(config.includedPorts()) + " goto " + SPREAD,
                                    "included ports of Services, to the agent"));
        }
        return new Chains(
                rules,
                List.of(new Rule(redirect(config.refusal().ports(), family), "to the port of the address's hash")));
    }

    /**
     * What {@code nft -f -} reads to put the table of the configuration in the place of any that is there; empty when the
     * family has no service CIDR.
     */
    public static String tableText(CaptureConfig config, Family family) {
        return config.serviceCidrs(family).isEmpty() ? "" : tableText(family, chains(config, family));
    }

    static String tableText(Family family, Chains chains) {
        StringBuilder text = new StringBuilder(1 << 15).append(removalText(family));
        text.append("table ").append(keyword(family)).append(' ').append(TABLE).append(" {\n");
        text.append("\tchain ").append(SPREAD).append(" {\n");
        append(text, chains.spread());
        text.append("\t}\n\tchain ")
                .append(OUTPUT)
                .append(" {\n\t\t")
                .append(HOOK)
                .append('\n');
        append(text, chains.output());
        return text.append("\t}\n}\n").toString();
    }

    /** Removes the table, also where there is none. */
    static String removalText(Family family) {
        String table = "table " + keyword(family) + " " + TABLE + "\n";
        return table + "delete " + table;
    }

    /** The word of nftables for a family. */
    static String keyword(Family family) {
        return family == Family.IPV4 ? "ip" : "ip6";
    }

    /** The rule for the type of service counts, for the proof. */
    private static void addOwn(List<Rule> rules, Proxy proxy, Family family) {
        if (proxy instanceof ProxyDscp dscp) {
            rules.add(new Rule(
                    keyword(family) + " dscp " + dscp.text() + " counter return",
                    "the agent's own dials, by their type of service"));
        } else if (proxy instanceof ProxyOwner owner) {
            rules.add(new Rule("meta skuid " + owner.uid() + " return", "the agent's own dials, by its user"));
            rules.add(new Rule("meta skgid " + owner.gid() + " return", "the agent's own dials, by its group"));
        }
    }

    private static void append(StringBuilder text, List<Rule> rules) {
        for (Rule rule : rules) {
            text.append("\t\t").append(rule.spec()).append('\n');
        }
    }

    private static String daddr(Family family) {
        return keyword(family) + " daddr ";
    }

    private static String dport(Ports ports) {
        StringBuilder text = new StringBuilder("tcp dport ");
        if (ports.ranges().size() == 1) {
            return text.append(text(ports.ranges().get(0))).toString();
        }
        text.append("{ ");
        for (int i = 0; i < ports.ranges().size(); i++) {
            text.append(i == 0 ? "" : ", ").append(text(ports.ranges().get(i)));
        }
        return text.append(" }").toString();
    }

    private static String text(PortRange range) {
        return range.first() == range.last() ? Integer.toString(range.first()) : range.first() + "-" + range.last();
    }

    private static String redirect(HashedPorts ports, Family family) {
        StringBuilder text = new StringBuilder(1 << 14)
                .append("meta l4proto tcp counter redirect to :jhash ")
                .append(daddr(family))
                .append(". tcp dport mod ")
                .append(ports.count())
                .append(" seed 0x")
                .append(Integer.toHexString(HashedPorts.SEED))
                .append(" map { ");
        for (int i = 0; i < ports.count(); i++) {
            text.append(i == 0 ? "" : ", ")
                    .append(i)
                    .append(" : ")
                    .append(ports.range().first() + i);
        }
        return text.append(" }").toString();
    }
}
