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
    private final HashedCapture hashed;

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
        this.hashed = new HashedCapture(proc, searchPath, run.dryRun(), out);
    }

    /**
     * Applies, verifies and proves the rules; prints the plan only, if the run is dry.
     *
     * @throws InitFailure saying what went wrong, what to do, and with which exit code to end
     */
    public void apply(CaptureConfig config) {
        Map<Family, List<Rule>> wanted = wanted(config);
        if (run.dryRun()) {
            printPlans(config, wanted);
            return;
        }
        Preconditions preconditions = new Preconditions(proc);
        preconditions.requireNetAdmin();
        preconditions.requireMapped(config.proxy());
        if (run.probe()) {
            preconditions.requireCapturable(config.proxy());
        }
        BackendSelector selector = new BackendSelector(run, proc, installed, searchPath, out);
        Backend first = selector.candidates().get(0).backend();
        if (hashed.applies(config, first, families(wanted), true)) {
            applyHashed(config, families(wanted));
        } else {
            applyIptables(config, selector, wanted);
        }
    }

    private void applyIptables(CaptureConfig config, BackendSelector selector, Map<Family, List<Rule>> wanted) {
        Iptables iptables = selector.select(wanted);
        out.accept("backend " + iptables.backend().title());
        printPlan(wanted);
        Map<Family, NatTable> verified = install(iptables, wanted);
        removeFromOthers(iptables);
        for (Family family : Family.values()) {
            hashed.remove(family, true); // last: it came first while both were there, so that nothing slipped through
        }
        if (run.probe()) {
            proof(config).prove(iptables, verified);
        }
    }

    private void applyHashed(CaptureConfig config, List<Family> families) {
        out.accept("backend nft, addresses spread over ports");
        for (Family family : families) {
            hashed.printPlan(config, family);
        }
        for (Family family : Family.values()) {
            if (families.contains(family)) {
                hashed.install(config, family);
            } else {
                hashed.remove(family, true);
            }
        }
        for (Backend backend : installed) {
            removeFrom(new Iptables(backend, proc, run.lockWait()), true);
        }
        if (run.probe()) {
            proof(config).prove(hashed, families);
        }
    }

    private CaptureProof proof(CaptureConfig config) {
        return new CaptureProof(config, run, proc, out);
    }

    private static List<Family> families(Map<Family, List<Rule>> wanted) {
        List<Family> families = new ArrayList<>();
        for (Map.Entry<Family, List<Rule>> entry : wanted.entrySet()) {
            if (!entry.getValue().isEmpty()) {
                families.add(entry.getKey());
            }
        }
        return families;
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
        for (Family family : Family.values()) {
            found |= hashed.remove(family, false);
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

    private void printPlan(Map<Family, List<Rule>> wanted) {
        for (Map.Entry<Family, List<Rule>> entry : wanted.entrySet()) {
            if (!entry.getValue().isEmpty()) {
                PlanText.print(entry.getKey(), entry.getValue(), out);
            }
        }
    }

    /** Without the programs, or the right to run them, the plan is printed all the same. */
    private void printPlans(CaptureConfig config, Map<Family, List<Rule>> wanted) {
        List<Family> families = families(wanted);
        boolean spread = false;
        Iptables iptables = null;
        InitFailure problem = null;
        try {
            iptables = new BackendSelector(run, proc, installed, searchPath, out)
                    .candidates()
                    .get(0);
            spread = hashed.applies(config, iptables.backend(), families, false);
            new Preconditions(proc).requireNetAdmin();
        } catch (InitFailure failure) {
            problem = failure;
        }
        if (spread) {
            for (Family family : families) {
                hashed.printPlan(config, family);
            }
        } else {
            printPlan(wanted);
        }
        out.accept("dry run, nothing is applied");
        try {
            if (problem != null || iptables == null) {
                out.accept("the present rules were not compared: " + (problem == null ? "" : problem.getMessage()));
            } else if (spread) {
                for (Family family : families) {
                    hashed.printDifference(config, family);
                }
            } else {
                printDifference(iptables, wanted);
            }
        } catch (InitFailure failure) {
            out.accept("the present rules were not compared: " + failure.getMessage());
        }
    }

    private void printDifference(Iptables iptables, Map<Family, List<Rule>> wanted) {
        for (Map.Entry<Family, List<Rule>> entry : wanted.entrySet()) {
            if (entry.getKey() == Family.IPV6 && !proc.hasIpv6()) {
                continue;
            }
            TableChange change = TableChange.replace(iptables.read(entry.getKey()), entry.getValue());
            String where = entry.getKey().title() + " (" + iptables.backend().title() + "): ";
            out.accept(where
                    + (change.isEmpty() ? "would not change" : "would change: " + String.join("; ", change.reasons())));
        }
    }
}
