package io.remora.netfilter;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Tells what of this process, its programs, the kernel and the rules of this network namespace would keep Remora from
 * working, or does. A line each: {@code ok}, {@code warning} or {@code FAIL}, and what to do. No rule stays changed.
 */
final class KernelCheck {

    /** Beginnings of chains that others put into a pod, and whose they are. */
    private static final List<String[]> MESHES = List.of(
            new String[] {"ISTIO_", "Istio"},
            new String[] {"PROXY_INIT_", "Linkerd"},
            new String[] {"CONSUL_", "Consul"},
            new String[] {"KUMA_", "Kuma"});

    /** Chains of a node's own network namespace. */
    private static final List<String> NODE_CHAINS = List.of("KUBE-", "CILIUM_", "FLANNEL-", "cali-");

    private final RunConfig run;
    private final ProcSelf proc;
    private final List<Backend> installed;
    private final List<String> searchPath;
    private final Consumer<String> out;
    private final PresentRules present;
    private ExitCode worst = ExitCode.OK;

    KernelCheck(RunConfig run, ProcSelf proc, String path, Consumer<String> out) {
        this.run = run;
        this.proc = proc;
        this.searchPath = Backend.searchPath(path);
        this.installed = Backend.installed(searchPath);
        this.out = out;
        this.present = new PresentRules(run, proc, installed, searchPath, this::note);
    }

    /** Looks; returns the code of the first failure, or OK. */
    ExitCode check(CaptureConfig config) {
        try {
            new Preconditions(proc).requireNetAdmin();
            ok("capabilities", "CAP_NET_ADMIN is effective");
        } catch (InitFailure failure) {
            fail("capabilities", failure);
            return worst; // rules cannot even be listed
        }
        try {
            Preconditions preconditions = new Preconditions(proc);
            preconditions.requireMapped(config.proxy());
            preconditions.requireCapturable(config.proxy());
            ok("user", "user " + proc.socketUid() + ", which is not the agent's");
        } catch (InitFailure failure) {
            fail("user", failure);
        }
        Map<Family, List<Rule>> wanted = wanted(config);
        boolean usable = backend(config, wanted);
        others();
        if (usable) {
            rules(config, wanted);
        }
        return worst;
    }

    private Map<Family, List<Rule>> wanted(CaptureConfig config) {
        Map<Family, List<Rule>> wanted = new EnumMap<>(Family.class);
        for (Family family : Family.values()) {
            List<Rule> rules = CaptureRules.chain(config, family);
            boolean off = family == Family.IPV6 && run.ipv6() == Ipv6Mode.OFF;
            if (!rules.isEmpty() && family == Family.IPV6 && !off && !proc.hasIpv6Loopback()) {
                warning(
                        "ipv6",
                        "this network namespace has no ::1: IPv6 is not captured",
                        "enable IPv6 on the pod's loopback");
                off = true;
            }
            wanted.put(family, off ? List.of() : rules);
        }
        return wanted;
    }

    /** Whether there is one that takes all that the rules need. */
    private boolean backend(CaptureConfig config, Map<Family, List<Rule>> wanted) {
        try {
            BackendSelector selector = new BackendSelector(run, proc, installed, searchPath, this::note);
            Iptables chosen = selector.select(wanted);
            ok(
                    "backend",
                    chosen.backend().title() + " takes all that the rules need (nat table, REDIRECT, owner match)");
            HashedCapture hashed = new HashedCapture(proc, searchPath, true, this::note);
            if (hashed.applies(config, chosen.backend(), families(wanted), true)) {
                ok("refusal", "the kernel spreads addresses over ports: Services without endpoints are refused");
            }
            mixed();
            return true;
        } catch (InitFailure failure) {
            fail("backend", failure);
            return false;
        }
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

    /** A packet meets the rules of both. */
    private void mixed() {
        List<String> both = new ArrayList<>();
        for (Backend backend : installed) {
            if (!present.foreign(backend).isEmpty()) {
                both.add(backend.title());
            }
        }
        if (both.size() > 1) {
            warning(
                    "backend",
                    "there are rules of others in both backends, " + String.join(" and ", both)
                            + ": a connection meets all",
                    "find who made them: iptables-nft-save, iptables-legacy-save");
        }
    }

    private void others() {
        int before = 0;
        for (Backend backend : installed) {
            for (NatTable table : present.tables(backend)) {
                for (String chain : table.chains()) {
                    before += report(chain) ? 1 : 0;
                }
            }
        }
        if (before == 0) {
            ok("other-rules", "neither another mesh's nor a node's rules are here");
        }
    }

    private boolean report(String chain) {
        for (String[] mesh : MESHES) {
            if (chain.startsWith(mesh[0])) {
                fail(
                        "other-rules",
                        new InitFailure(
                                ExitCode.VERIFICATION_FAILED,
                                "rules of " + mesh[1] + " are here (" + chain + "), which take the same connections",
                                "use one of the two in a pod"));
                return true;
            }
        }
        for (String beginning : NODE_CHAINS) {
            if (chain.startsWith(beginning)) {
                fail(
                        "other-rules",
                        new InitFailure(
                                ExitCode.VERIFICATION_FAILED,
                                "this is a node's network namespace (" + chain + "), not a pod's",
                                "leave Remora out of pods with hostNetwork: true"));
                return true;
            }
        }
        return false;
    }

    private void rules(CaptureConfig config, Map<Family, List<Rule>> wanted) {
        boolean agent = new SocketTable(proc).listens(config.capturePort());
        for (Family family : families(wanted)) {
            List<String> differences = present.differences(config, family, wanted.getOrDefault(family, List.of()));
            if (differences.isEmpty()) {
                ok("rules", family.title() + ": Remora's are there, as these settings have them");
            } else if (agent) {
                fail(
                        "rules",
                        new InitFailure(
                                ExitCode.VERIFICATION_FAILED,
                                family.title() + ": an agent listens on port " + config.capturePort()
                                        + ", and its rules are not as these settings have them: "
                                        + String.join("; ", differences),
                                "give the same settings as the pod's init step has; if they are the same, find what changes"
                                        + " the rules"));
            } else {
                ok("rules", family.title() + ": none of Remora's yet, and no agent");
            }
        }
    }

    private void note(String line) {
        ok("note", line);
    }

    private void ok(String check, String message) {
        out.accept(line("ok", check, message));
    }

    private void warning(String check, String message, String fix) {
        out.accept(line("warning", check, message));
        out.accept(line("", "", "fix: " + fix));
    }

    private void fail(String check, InitFailure failure) {
        worst = worst == ExitCode.OK ? failure.code() : worst;
        out.accept(line("FAIL", check, String.valueOf(failure.getMessage())));
        out.accept(line("", "", "fix: " + failure.fix()));
    }

    private static String line(String level, String check, String message) {
        return pad(level, 9) + pad(check, 14) + message;
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
