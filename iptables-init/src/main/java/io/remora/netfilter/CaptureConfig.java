package io.remora.netfilter;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which connections are captured and where they go. TCP only, to the service CIDRs only.
 *
 * @param capturePort the agent's port, 1-65535
 * @param proxy what the agent's own connections are known by
 * @param serviceCidrs destinations to capture: the cluster's Service CIDRs or single ClusterIPs; at least one
 * @param includedPorts capture these destination ports only; empty for all
 * @param exclude what is left alone
 * @param refusal whether the agent is to refuse connections by not listening
 */
public record CaptureConfig(
        int capturePort,
        Proxy proxy,
        List<Cidr> serviceCidrs,
        Ports includedPorts,
        Exclusions exclude,
        Refusal refusal) {

    /** Where the agent listens unless told otherwise. */
    public static final int DEFAULT_CAPTURE_PORT = 15001;

    private static final long MAX_ID = 0xffff_fffeL; // the highest value means "none" to the kernel

    /** RFC 863, discard: the port of a proof connection where the settings leave the choice. */
    private static final int PREFERRED_PROBE_PORT = 9;

    /** @throws InvalidSettingsException listing every problem */
    public CaptureConfig {
        serviceCidrs = List.copyOf(serviceCidrs);
        List<String> problems = problems(capturePort, proxy, serviceCidrs, includedPorts, exclude, refusal);
        if (!problems.isEmpty()) {
            throw new InvalidSettingsException(problems);
        }
    }

    /** The service CIDRs of one family. */
    public List<Cidr> serviceCidrs(Family family) {
        List<Cidr> ofFamily = new ArrayList<>();
        for (Cidr cidr : serviceCidrs) {
            if (cidr.family() == family) {
                ofFamily.add(cidr);
            }
        }
        return ofFamily;
    }

    /**
     * An address that the rules capture, preferably one that no Service can have (the first of a Service CIDR); null
     * when the family has no service CIDR.
     */
    @Nullable
    Address probeAddress(Family family) {
        List<Cidr> excluded = excludedBlocks(exclude);
        for (Cidr cidr : serviceCidrs) {
            Address free = cidr.family() == family ? cidr.firstOutside(excluded) : null;
            if (free != null) {
                return free;
            }
        }
        return null;
    }

    /** A port that the rules capture. */
    int probePort() {
        int port = probePort(includedPorts, exclude.ports());
        if (port < 0) {
            throw new IllegalStateException("validated: some port is captured");
        }
        return port;
    }

    /** One sentence per problem, each naming the flag. */
    static List<String> problems(
            int capturePort,
            Proxy proxy,
            List<Cidr> serviceCidrs,
            Ports includedPorts,
            Exclusions exclude,
            Refusal refusal) {
        List<String> problems = new ArrayList<>();
        if (capturePort < 1 || capturePort > 65535) {
            problems.add("--capture-port must be 1-65535: " + capturePort);
        }
        if (proxy instanceof ProxyOwner owner) {
            checkId("--proxy-uid", "uid", owner.uid(), problems);
            checkId("--proxy-gid", "gid", owner.gid(), problems);
        } else if (proxy instanceof ProxyDscp dscp && (dscp.value() < 1 || dscp.value() > 63)) {
            problems.add("--proxy-dscp must be 1-63 (0 is what all other connections have): " + dscp.value());
        }
        if (serviceCidrs.isEmpty()) {
            problems.add("--service-cidr is required (variable REMORA_CAPTURE_CIDRS): the cluster's Service CIDRs, "
                    + "as 'kubectl get servicecidrs' prints them");
        }
        List<Cidr> excluded = excludedBlocks(exclude);
        for (Cidr cidr : serviceCidrs) {
            checkServiceCidr(cidr, excluded, problems);
        }
        if (probePort(includedPorts, exclude.ports()) < 0) {
            problems.add("--exclude-port leaves no port to capture: "
                    + (includedPorts.isEmpty() ? "all ports are" : "--include-port " + includedPorts + " is")
                    + " excluded");
        }
        PortRange hashed = refusal.ports().range();
        if (refusal.mode() != RefusalMode.OFF && hashed.first() <= capturePort && capturePort <= hashed.last()) {
            problems.add("--capture-port " + capturePort + " is one of --refusal-ports " + hashed.first() + "-"
                    + hashed.last() + "; choose one outside of them");
        }
        return problems;
    }

    private static void checkId(String flag, String word, long id, List<String> problems) {
        if (id < 1 || id > MAX_ID) {
            problems.add(flag + " must be 1-" + MAX_ID + " (the agent does not run as root, whose connections would "
                    + "otherwise be left alone by its " + word + "): " + id);
        }
    }

    private static void checkServiceCidr(Cidr cidr, List<Cidr> excluded, List<String> problems) {
        Family family = cidr.family();
        int widest = family == Family.IPV4 ? 8 : 32;
        if (cidr.prefix() < widest) {
            problems.add("--service-cidr " + cidr + " is wider than any Service CIDR (at most /" + widest + " for "
                    + family.title() + "): it would capture pods and the world outside");
        } else if (cidr.overlaps(Cidr.parse(family.loopbackCidr()))) {
            problems.add("--service-cidr " + cidr + " overlaps loopback " + family.loopbackCidr()
                    + ", which is never captured");
        } else if (cidr.firstOutside(excluded) == null) {
            problems.add("--service-cidr " + cidr + " is excluded as a whole, by --exclude-cidr or as the API "
                    + "server's address (KUBERNETES_SERVICE_HOST): nothing of it would be captured");
        }
    }

    private static List<Cidr> excludedBlocks(Exclusions exclude) {
        List<Cidr> blocks = new ArrayList<>(exclude.cidrs());
        for (Address address : exclude.apiServer()) {
            blocks.add(Cidr.of(address));
        }
        return blocks;
    }

    private static int probePort(Ports included, Ports excluded) {
        if (included.isEmpty()) {
            for (int i = 0; i < 65535; i++) {
                int port = 1 + (PREFERRED_PROBE_PORT - 1 + i) % 65535;
                if (!excluded.contains(port)) {
                    return port;
                }
            }
            return -1;
        }
        for (PortRange range : included.ranges()) {
            for (int port = range.first(); port <= range.last(); port++) {
                if (!excluded.contains(port)) {
                    return port;
                }
            }
        }
        return -1;
    }
}
