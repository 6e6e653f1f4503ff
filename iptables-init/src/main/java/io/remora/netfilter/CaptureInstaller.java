package io.remora.netfilter;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Brings the rules of a configuration into the network namespace of this process, or removes them. One thread; a second
 * installer at the same time is noticed by the verification and put right.
 */
public final class CaptureInstaller {

    private static final int ATTEMPTS = 3;

    private final RunConfig run;
    private final ProcSelf proc;
    private final List<Backend> installed;
    private final List<String> searchPath;
    private final Consumer<String> out;

    /**
     * @param run how
     * @param path the PATH variable, where the iptables programs are looked for; system folders are added
     * @param out receives the lines of the report
     */
    public CaptureInstaller(RunConfig run, String path, Consumer<String> out) {
        this(run, new ProcSelf("/proc/self"), path, out);
    }

    CaptureInstaller(RunConfig run, ProcSelf proc, String path, Consumer<String> out) {
        this.run = run;
        this.proc = proc;
        this.searchPath = Backend.searchPath(path);
        this.installed = Backend.installed(searchPath);
        this.out = out;
    }

    /**
     * Applies, verifies and proves the rules; prints the plan only, if the run is dry.
     *
     * @throws InitFailure saying what went wrong, what to do, and with which exit code to end
     */
    public void apply(CaptureConfig config) {
        Map<Family, List<Rule>> wanted = wanted(config);
        if (run.dryRun()) {
            printPlan(wanted);
            printDifference(wanted);
            return;
        }
        Preconditions preconditions = new Preconditions(proc);
        preconditions.requireNetAdmin();
        preconditions.requireMapped(config.proxy());
        if (run.probe()) {
            preconditions.requireCapturable(config.proxy());
        }
        Iptables iptables = new BackendSelector(run, proc, installed, searchPath, out).select(wanted);
        out.accept("backend " + iptables.backend().title());
        printPlan(wanted);
        Map<Family, NatTable> verified = install(iptables, wanted);
        removeFromOthers(iptables);
        if (run.probe()) {
            prove(iptables, config, verified);
        }
    }

    /**
     * Removes every rule of Remora from both families of all installed backends; says what it would remove, if the run
     * is dry.
     *
     * @throws InitFailure as {@link #apply}
     */
    public void cleanup() {
        new Preconditions(proc).requireNetAdmin();
        if (installed.isEmpty()) {
            throw BackendSelector.nothingInstalled(searchPath);
        }
        boolean found = false;
        for (Backend backend : installed) {
            found |= removeFrom(new Iptables(backend, proc, run.lockWait()), false);
        }
        if (!found) {
            out.accept("nothing to remove");
        }
    }

    /** The rules per family; none for a family that is not captured, whose old rules then go. */
    private Map<Family, List<Rule>> wanted(CaptureConfig config) {
        Map<Family, List<Rule>> wanted = new EnumMap<>(Family.class);
        for (Family family : Family.values()) {
            List<Rule> rules = CaptureRules.chain(config, family);
            if (rules.isEmpty()) {
                out.accept(family.title() + ": not captured, no service CIDR of it is given");
            } else if (family == Family.IPV6 && run.ipv6() == Ipv6Mode.OFF) {
                out.accept("IPv6: not captured, --ipv6 is off");
                rules = List.of();
            } else if (family == Family.IPV6 && !run.dryRun() && !proc.hasIpv6Loopback()) {
                rules = withoutIpv6Loopback(
                        wanted.getOrDefault(Family.IPV4, List.of()).isEmpty());
            }
            wanted.put(family, rules);
        }
        return wanted;
    }

    private List<Rule> withoutIpv6Loopback(boolean alone) {
        String problem = "this network namespace has no ::1, where REDIRECT would hand IPv6 connections over";
        if (run.ipv6() == Ipv6Mode.ON) {
            throw new InitFailure(
                    ExitCode.MISSING_KERNEL_SUPPORT,
                    "IPv6: " + problem,
                    "enable IPv6 on the pod's loopback (sysctl net.ipv6.conf.lo.disable_ipv6=0), or set --ipv6 auto");
        }
        if (alone) {
            throw new InitFailure(
                    ExitCode.MISSING_KERNEL_SUPPORT,
                    "IPv6: " + problem + ", and every --service-cidr is IPv6: nothing would be captured",
                    "enable IPv6 on the pod's loopback (sysctl net.ipv6.conf.lo.disable_ipv6=0), or add an IPv4 "
                            + "--service-cidr");
        }
        out.accept("IPv6: not captured, " + problem);
        return List.of();
    }

    private Map<Family, NatTable> install(Iptables iptables, Map<Family, List<Rule>> wanted) {
        Map<Family, NatTable> tables = new EnumMap<>(Family.class);
        for (Map.Entry<Family, List<Rule>> entry : wanted.entrySet()) {
            Family family = entry.getKey();
            if (entry.getValue().isEmpty()) {
                removeFrom(iptables, family, true);
            } else {
                tables.put(family, install(iptables, family, entry.getValue()));
            }
        }
        return tables;
    }

    private NatTable install(Iptables iptables, Family family, List<Rule> rules) {
        NatTable table = iptables.read(family);
        TableChange change = TableChange.replace(table, rules);
        if (change.isEmpty()) {
            out.accept(family.title() + ": unchanged, verified " + rules.size() + " rules and the jump");
            return table;
        }
        for (int attempt = 1; attempt <= ATTEMPTS && !change.isEmpty(); attempt++) {
            for (String reason : change.reasons()) {
                out.accept(family.title() + ": " + reason);
            }
            try {
                iptables.restore(family, change.restoreText());
            } catch (InitFailure failure) {
                // What the transaction was built on may have changed under it: look again, then decide.
                if (failure.code() == ExitCode.XTABLES_LOCKED || attempt == ATTEMPTS) {
                    throw failure;
                }
            }
            table = iptables.read(family);
            change = TableChange.replace(table, rules);
        }
        if (!change.isEmpty()) {
            throw new InitFailure(
                    ExitCode.VERIFICATION_FAILED,
                    family.title() + " rules are not what was applied: " + String.join("; ", change.reasons()),
                    "find the program that changes them at the same time; then run this again");
        }
        out.accept(family.title() + ": applied, verified " + rules.size() + " rules and the jump");
        return table;
    }

    private void removeFromOthers(Iptables chosen) {
        for (Backend backend : installed) {
            if (backend.kind() != null && backend.kind() != chosen.backend().kind()) {
                removeFrom(new Iptables(backend, proc, run.lockWait()), true);
            }
        }
    }

    private boolean removeFrom(Iptables iptables, boolean optional) {
        boolean found = false;
        for (Family family : Family.values()) {
            found |= removeFrom(iptables, family, optional);
        }
        return found;
    }

    /** Optional: a backend that cannot even list its rules has none of ours. */
    private boolean removeFrom(Iptables iptables, Family family, boolean optional) {
        if ((family == Family.IPV6 && !proc.hasIpv6()) || iptables.backend().program(family, "save") == null) {
            return false;
        }
        NatTable table;
        try {
            table = iptables.read(family);
        } catch (InitFailure failure) {
            if (optional || failure.code() == ExitCode.MISSING_KERNEL_SUPPORT) {
                return false;
            }
            throw failure;
        }
        TableChange change = TableChange.remove(table);
        if (change.isEmpty()) {
            return false;
        }
        String where = family.title() + " (" + iptables.backend().title() + "): ";
        for (String reason : change.reasons()) {
            out.accept(where + reason);
        }
        if (!run.dryRun()) {
            iptables.restore(family, change.restoreText());
            if (!TableChange.remove(iptables.read(family)).isEmpty()) {
                throw new InitFailure(
                        ExitCode.VERIFICATION_FAILED,
                        where + "rules are still there after they were removed",
                        "find the program that puts them back; then run this again");
            }
            out.accept(where + "removed");
        }
        return true;
    }

    private void prove(Iptables iptables, CaptureConfig config, Map<Family, NatTable> verified) {
        ConnectionProbe probe = new ConnectionProbe(new SocketTable(proc), config.capturePort(), run.probeTimeout());
        for (Map.Entry<Family, NatTable> entry : verified.entrySet()) {
            Family family = entry.getKey();
            Address target = config.probeAddress(family);
            if (target != null) {
                prove(probe, target, config.probePort(), iptables, entry.getValue());
            }
        }
    }

    private void prove(ConnectionProbe probe, Address target, int port, Iptables iptables, NatTable table) {
        Family family = target.family();
        String ahead = ahead(table);
        String title = family.title() + ": "
                + (ahead.isEmpty() ? "" : "rules that come before the jump may take the connection (" + ahead + "): ");
        ConnectionProbe.Proof proof;
        try {
            proof = probe.prove(target, port, () -> iptables.readAnew(family).redirected());
        } catch (InitFailure failure) {
            throw new InitFailure(failure.code(), title + failure.getMessage(), fix(failure.fix(), ahead));
        }
        if (proof.routed()) {
            out.accept(family.title() + ": proved, " + proof.text());
        } else if (family == Family.IPV6 && run.ipv6() == Ipv6Mode.AUTO) {
            out.accept(title + "not proved, " + proof.text() + "; nothing of this pod can reach a Service that way");
        } else {
            throw new InitFailure(
                    ExitCode.PROBE_FAILED,
                    title + proof.text(),
                    fix(
                            "give the pod a default route before this runs, or leave the proof out with --skip-probe",
                            ahead));
        }
    }

    /** The rules that a connection meets before ours; empty for none. */
    private static String ahead(NatTable table) {
        List<String> ahead = new ArrayList<>();
        for (NatTable.Entry rule : table.of(CaptureRules.HOOK)) {
            if (rule.leadsTo(CaptureRules.CHAIN)) {
                break;
            }
            ahead.add("'" + rule.spec() + "'");
        }
        return String.join(", ", ahead);
    }

    private static String fix(String otherwise, String ahead) {
        if (ahead.isEmpty()) {
            return otherwise;
        }
        return "these rules of " + CaptureRules.HOOK + " come first and may take it: " + ahead
                + "; remove them, or run --cleanup and then this again, which puts its own first; if that does not "
                + "help: " + otherwise;
    }

    private void printPlan(Map<Family, List<Rule>> wanted) {
        for (Map.Entry<Family, List<Rule>> entry : wanted.entrySet()) {
            if (!entry.getValue().isEmpty()) {
                PlanText.print(entry.getKey(), entry.getValue(), out);
            }
        }
    }

    private void printDifference(Map<Family, List<Rule>> wanted) {
        out.accept("dry run, nothing is applied");
        try {
            new Preconditions(proc).requireNetAdmin();
            Iptables iptables = new BackendSelector(run, proc, installed, searchPath, out)
                    .candidates()
                    .get(0);
            for (Map.Entry<Family, List<Rule>> entry : wanted.entrySet()) {
                if (entry.getKey() == Family.IPV6 && !proc.hasIpv6()) {
                    continue;
                }
                TableChange change = TableChange.replace(iptables.read(entry.getKey()), entry.getValue());
                String where =
                        entry.getKey().title() + " (" + iptables.backend().title() + "): ";
                out.accept(where
                        + (change.isEmpty()
                                ? "would not change"
                                : "would change: " + String.join("; ", change.reasons())));
            }
        } catch (InitFailure failure) {
            out.accept("the present rules were not compared: " + failure.getMessage());
        }
    }
}
