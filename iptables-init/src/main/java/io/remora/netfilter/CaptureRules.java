package io.remora.netfilter;

import java.util.ArrayList;
import java.util.List;

/**
 * The rules of a configuration; pure functions. Locally made TCP connections go through one chain of the nat table,
 * whose first matching rule decides: excluded ports, the agent's own sockets, loopback, the API server and excluded
 * CIDRs leave it, then connections to the service CIDRs are redirected, and everything else leaves at its end.
 */
public final class CaptureRules {

    /** The chain that holds the rules; at most 28 characters, the kernel's limit. */
    public static final String CHAIN = "REMORA_OUTPUT";

    /** A chain that exists for the moment in which a backend is tried out. */
    static final String PROBE_CHAIN = "REMORA_PROBE";

    /** The kernel's chain for packets of this host. */
    static final String HOOK = "OUTPUT";

    /** What sends locally made TCP connections into {@link #CHAIN}. */
    static final Rule JUMP = new Rule("-p tcp -j " + CHAIN, "TCP that this pod dials");

    /** Begins the rule that knows the agent's connections by their type of service. */
    static final String DSCP = "-m dscp --dscp ";

    private CaptureRules() {}

    /** The rules of {@link #CHAIN} in order; empty when the family has no service CIDR. */
    public static List<Rule> chain(CaptureConfig config, Family family) {
        List<Cidr> serviceCidrs = config.serviceCidrs(family);
        if (serviceCidrs.isEmpty()) {
            return List.of();
        }
        List<Rule> rules = new ArrayList<>();
        for (String match : config.exclude().ports().matches()) {
            rules.add(new Rule(match + " -j RETURN", "excluded ports"));
        }
        addOwn(rules, config.proxy());
        rules.add(new Rule("-o lo -j RETURN", "to this pod itself"));
        rules.add(new Rule("-d " + family.loopbackCidr() + " -j RETURN", "loopback addresses"));
        for (Address address : config.exclude().apiServer()) {
            if (address.family() == family) {
                rules.add(new Rule("-d " + Cidr.of(address) + " -j RETURN", "the API server, never captured"));
            }
        }
        for (Cidr cidr : config.exclude().cidrs()) {
            if (cidr.family() == family) {
                rules.add(new Rule("-d " + cidr + " -j RETURN", "excluded CIDR"));
            }
        }
        for (Cidr cidr : serviceCidrs) {
            addRedirects(rules, cidr, config);
        }
        return rules;
    }

    /** What {@code iptables-restore --noflush} reads to install the rules where none of them is. */
    public static String restoreText(CaptureConfig config, Family family) {
        return TableChange.replace(NatTable.EMPTY, chain(config, family)).restoreText();
    }

    /** Adds one harmless use of all that the rules need, to a chain that nothing reaches, and removes it again. */
    static String probeText(List<Rule> rules) {
        StringBuilder text = new StringBuilder(512);
        text.append("*nat\n:").append(PROBE_CHAIN).append(" - [0:0]\n");
        for (Rule rule : rules) {
            text.append("-A ")
                    .append(PROBE_CHAIN)
                    .append(' ')
                    .append(rule.spec())
                    .append('\n');
        }
        text.append("COMMIT\n*nat\n-F ").append(PROBE_CHAIN);
        return text.append("\n-X ").append(PROBE_CHAIN).append("\nCOMMIT\n").toString();
    }

    private static void addOwn(List<Rule> rules, Proxy proxy) {
        if (proxy instanceof ProxyDscp dscp) {
            rules.add(new Rule(DSCP + dscp.text() + " -j RETURN", "the agent's own dials, by their type of service"));
        } else if (proxy instanceof ProxyOwner owner) {
            rules.add(new Rule(
                    "-m owner --uid-owner " + owner.uid() + " -j RETURN", "the agent's own dials, by its user"));
            rules.add(new Rule(
                    "-m owner --gid-owner " + owner.gid() + " -j RETURN", "the agent's own dials, by its group"));
        }
    }

    private static void addRedirects(List<Rule> rules, Cidr cidr, CaptureConfig config) {
        String target = " -j REDIRECT --to-ports " + config.capturePort();
        if (config.includedPorts().isEmpty()) {
            rules.add(new Rule("-d " + cidr + " -p tcp" + target, "Services, to the agent"));
        }
        for (String match : config.includedPorts().matches()) {
            rules.add(new Rule("-d " + cidr + " " + match + target, "included ports of Services, to the agent"));
        }
    }
}
