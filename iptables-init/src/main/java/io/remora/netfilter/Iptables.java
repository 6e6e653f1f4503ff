package io.remora.netfilter;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads and changes the nat table with the programs of one backend. */
final class Iptables {

    /** How long one program may take besides waiting for the lock; large tables load in seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Backend backend;
    private final ProcSelf proc;
    private final Duration lockWait;
    private final Map<Family, NatTable> known = new EnumMap<>(Family.class);

    Iptables(Backend backend, ProcSelf proc, Duration lockWait) {
        this.backend = backend;
        this.proc = proc;
        this.lockWait = lockWait;
    }

    Backend backend() {
        return backend;
    }

    /** The nat table as it was when last looked at, or changed by this object since. */
    NatTable read(Family family) {
        NatTable table = known.get(family);
        return table != null ? table : readAnew(family);
    }

    /** The nat table as it is; a legacy one that does not exist yet is not created by looking. */
    NatTable readAnew(Family family) {
        NatTable table = load(family);
        known.put(family, table);
        return table;
    }

    private NatTable load(Family family) {
        if (backend.kind() == BackendChoice.LEGACY && !proc.hasLegacyNat(family)) {
            return NatTable.EMPTY;
        }
        return NatTable.parse(run(family, "save", List.of("-c", "-t", "nat"), null));
    }

    /** Whether any table of the legacy backend has a rule in it. */
    boolean hasLegacyRules(Family family) {
        if (!proc.hasLegacyTables(family) || backend.program(family, "save") == null) {
            return false;
        }
        String saved = run(family, "save", List.of(), null);
        return saved.startsWith("-A ") || saved.contains("\n-A ");
    }

    /** Applies a transaction (or several: each is whole or not at all). */
    void restore(Family family, String text) {
        List<String> options = List.of("--noflush", "-w", Long.toString(Math.max(1, lockWait.toSeconds())));
        known.remove(family);
        run(family, "restore", options, text);
    }

    /**
     * Adds and removes a harmless use of all that the rules need.
     *
     * @throws InitFailure naming what the kernel lacks
     */
    void probe(Family family, List<Rule> rules) {
        NatTable before = read(family);
        try {
            restore(family, CaptureRules.probeText(rules));
            known.put(family, before);
        } catch (InitFailure failure) {
            if (failure.code() != ExitCode.MISSING_KERNEL_SUPPORT && failure.code() != ExitCode.APPLY_FAILED) {
                throw failure;
            }
            explain(family, rules, failure);
        }
    }

    /**
     * Tries the parts one by one and throws, saying which of them is missing. If none is, something else interfered,
     * such as another installer that took the trial chain for one left behind; the transaction will tell.
     */
    private void explain(Family family, List<Rule> rules, InitFailure failure) {
        List<String> missing = new ArrayList<>();
        for (KernelPart part : KernelPart.values()) {
            Rule example = part.example(rules);
            if (example != null && !works(family, example)) {
                missing.add(part.title());
                if (part == KernelPart.NAT_TABLE) {
                    break; // nothing works without it
                }
            }
        }
        if (missing.isEmpty()) {
            return;
        }
        if (failure.code() == ExitCode.APPLY_FAILED && missing.contains(KernelPart.NAT_TABLE.title())) {
            throw failure; // nothing works at all, for a reason that only the program's own words tell
        }
        throw new InitFailure(
                ExitCode.MISSING_KERNEL_SUPPORT,
                "the " + backend.title() + " backend cannot do what the " + family.title() + " rules need: "
                        + String.join(", ", missing) + "; " + failure.getMessage(),
                "load the kernel modules on the node, install the iptables extensions in the image, "
                        + "or choose the other backend with --backend");
    }

    private boolean works(Family family, Rule rule) {
        try {
            restore(family, CaptureRules.probeText(List.of(rule)));
            return true;
        } catch (InitFailure unsupported) {
            return false;
        }
    }

    private String run(Family family, String tool, List<String> options, @Nullable String input) {
        String path = backend.program(family, tool);
        if (path == null) {
            throw new InitFailure(
                    ExitCode.PROGRAMS_NOT_FOUND,
                    backend.programName(family, tool) + " is not in " + String.join(":", backend.searchPath()),
                    "install the iptables package in the image of the init container");
        }
        List<String> command = new ArrayList<>();
        command.add(path);
        command.addAll(options);
        try {
            Subprocess.Result result = Subprocess.run(command, input, lockWait.plus(PATIENCE));
            if (result.ok()) {
                return result.out();
            }
            throw Diagnosis.of(backend.programName(family, tool), result);
        } catch (IOException notStarted) {
            throw new InitFailure(
                    ExitCode.APPLY_FAILED,
                    "cannot run " + path + ": " + notStarted.getMessage(),
                    "check that the program fits this machine and that the container may start processes");
        }
    }
}
