package io.remora.netfilter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Chooses the backend: the wanted one, or the first that works of legacy if it has rules here, nft, legacy, plain. */
final class BackendSelector {

    private final RunConfig run;
    private final ProcSelf proc;
    private final List<Backend> installed;
    private final List<String> searchPath;
    private final Consumer<String> out;

    BackendSelector(
            RunConfig run, ProcSelf proc, List<Backend> installed, List<String> searchPath, Consumer<String> out) {
        this.run = run;
        this.proc = proc;
        this.installed = installed;
        this.searchPath = searchPath;
        this.out = out;
    }

    static InitFailure nothingInstalled(List<String> searchPath) {
        return new InitFailure(
                ExitCode.PROGRAMS_NOT_FOUND,
                "no iptables-save and iptables-restore in " + String.join(":", searchPath),
                "install the iptables package in the image of the init container");
    }

    /**
     * The first candidate that is right already, or that takes and gives back a harmless use of all that the rules
     * need. A family that the settings leave open is emptied in {@code wanted} when no backend can do it.
     */
    Iptables select(Map<Family, List<Rule>> wanted) {
        List<InitFailure> failures = new ArrayList<>();
        for (Iptables candidate : candidates()) {
            try {
                tryOut(candidate, wanted);
                return candidate;
            } catch (InitFailure failure) {
                if (!isOfBackend(failure)) {
                    throw failure;
                }
                failures.add(failure);
            }
        }
        if (failures.size() == 1) {
            throw failures.get(0);
        }
        StringBuilder problem = new StringBuilder("no backend works");
        for (InitFailure failure : failures) {
            problem.append("; ").append(failure.getMessage());
        }
        throw new InitFailure(
                failures.get(0).code(), problem.toString(), failures.get(0).fix());
    }

    /** What comes into question, the best first; never empty. */
    List<Iptables> candidates() {
        List<Iptables> candidates = new ArrayList<>();
        for (Backend backend : installed) {
            Iptables iptables = new Iptables(backend, proc, run.lockWait());
            if (run.backend() == BackendChoice.AUTO) {
                boolean first = backend.kind() == BackendChoice.LEGACY && hasRules(iptables);
                candidates.add(first ? 0 : candidates.size(), iptables);
            } else if (run.backend() == backend.kind()) {
                candidates.add(iptables);
            }
        }
        if (!candidates.isEmpty()) {
            return candidates;
        }
        if (installed.isEmpty()) {
            throw nothingInstalled(searchPath);
        }
        String name = run.backend() == BackendChoice.NFT ? "nft" : "legacy";
        throw new InitFailure(
                ExitCode.PROGRAMS_NOT_FOUND,
                "--backend " + name + ": no iptables-" + name + "-restore in " + String.join(":", searchPath),
                "install it in the image of the init container, or use --backend auto");
    }

    private boolean hasRules(Iptables iptables) {
        try {
            return iptables.hasLegacyRules(Family.IPV4) || iptables.hasLegacyRules(Family.IPV6);
        } catch (InitFailure unreadable) {
            return false;
        }
    }

    private void tryOut(Iptables candidate, Map<Family, List<Rule>> wanted) {
        for (Map.Entry<Family, List<Rule>> entry : wanted.entrySet()) {
            Family family = entry.getKey();
            List<Rule> rules = entry.getValue();
            if (rules.isEmpty()) {
                continue;
            }
            try {
                if (!TableChange.replace(candidate.read(family), rules).isEmpty()) {
                    candidate.probe(family, rules);
                }
            } catch (InitFailure failure) {
                boolean dispensable = family == Family.IPV6
                        && run.ipv6() == Ipv6Mode.AUTO
                        && !wanted.getOrDefault(Family.IPV4, List.of()).isEmpty();
                if (!dispensable || !isOfBackend(failure)) {
                    throw failure;
                }
                out.accept("IPv6: not captured, " + failure.getMessage());
                entry.setValue(List.of());
            }
        }
    }

    /** Whether another backend, or doing without IPv6, may help. */
    private static boolean isOfBackend(InitFailure failure) {
        return failure.code() == ExitCode.MISSING_KERNEL_SUPPORT
                || failure.code() == ExitCode.PROGRAMS_NOT_FOUND
                || failure.code() == ExitCode.APPLY_FAILED;
    }
}
