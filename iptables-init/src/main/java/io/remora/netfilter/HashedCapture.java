package io.remora.netfilter;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Puts the rules that spread the captured addresses in place, proves that they are there, or removes them. */
final class HashedCapture {

    private static final int ATTEMPTS = 3;

    private final ProcSelf proc;
    private final @Nullable Nft nft;
    private final boolean dryRun;
    private final Consumer<String> out;

    HashedCapture(ProcSelf proc, List<String> searchPath, boolean dryRun, Consumer<String> out) {
        this.proc = proc;
        this.nft = Nft.find(searchPath);
        this.dryRun = dryRun;
        this.out = out;
    }

    /**
     * Whether a configuration's rules are to be these.
     *
     * @param backend which would be used else
     * @param families to capture
     * @param tryOut whether to have the kernel check the rules, which needs the right to change them
     * @throws InitFailure when the settings demand it and something stands in the way
     */
    boolean applies(CaptureConfig config, Backend backend, List<Family> families, boolean tryOut) {
        Refusal refusal = config.refusal();
        if (refusal.mode() == RefusalMode.OFF || families.isEmpty()) {
            return false;
        }
        InitFailure obstacle = obstacle(config, backend, families, tryOut);
        if (obstacle == null) {
            return true;
        }
        if (refusal.mode() == RefusalMode.ON) {
            throw obstacle;
        }
        out.accept("refusal: off, " + obstacle.getMessage());
        return false;
    }

    private @Nullable InitFailure obstacle(
            CaptureConfig config, Backend backend, List<Family> families, boolean tryOut) {
        Refusal refusal = config.refusal();
        if (!refusal.allServices()) {
            return new InitFailure(
                    ExitCode.BAD_SETTINGS,
                    "an agent that watches some Services only (REMORA_KUBERNETES_NAMESPACES, REMORA_KUBERNETES_SCOPE) cannot tell a Service "
                            + "without endpoints from one that it does not see",
                    "set --refusal auto or off, or let the agent watch all namespaces");
        }
        if (backend.kind() != BackendChoice.NFT) {
            return new InitFailure(
                    ExitCode.MISSING_KERNEL_SUPPORT,
                    "the " + backend.title() + " backend cannot spread addresses over ports",
                    "use --backend nft, or set --refusal auto or off");
        }
        if (nft == null) {
            return new InitFailure(
                    ExitCode.PROGRAMS_NOT_FOUND,
                    "the program nft is not installed",
                    "install the nftables package in the image of the init container, or set --refusal auto or off");
        }
        int ephemeral = proc.lastEphemeralPort();
        int first = refusal.ports().range().first();
        if (first <= ephemeral) {
            return new InitFailure(
                    ExitCode.BAD_SETTINGS,
                    "--refusal-ports starts at " + first + ", within the ports that the kernel gives to anyone "
                            + "(net.ipv4.ip_local_port_range ends at " + ephemeral + ")",
                    "choose higher ports with --refusal-ports, end that range earlier, or set --refusal auto or off");
        }
        return tryOut ? refusedByKernel(nft, config, families) : null;
    }

    private static @Nullable InitFailure refusedByKernel(Nft nft, CaptureConfig config, List<Family> families) {
        try {
            for (Family family : families) {
                HashedRules.Chains wanted = HashedRules.chains(config, family);
                if (!nft.read(family).differences(wanted).isEmpty()) {
                    nft.check(HashedRules.tableText(family, wanted));
                }
            }
            return null;
        } catch (InitFailure failure) {
            return failure;
        }
    }

    /** Makes the table hold exactly the rules of the configuration. */
    void install(CaptureConfig config, Family family) {
        HashedRules.Chains wanted = HashedRules.chains(config, family);
        List<String> differences = program().read(family).differences(wanted);
        String verified = "verified " + wanted.size() + " rules of the table " + HashedRules.TABLE;
        if (differences.isEmpty()) {
            out.accept(family.title() + ": unchanged, " + verified);
            return;
        }
        for (int attempt = 0; attempt < ATTEMPTS && !differences.isEmpty(); attempt++) {
            for (String reason : differences) {
                out.accept(family.title() + ": " + reason);
            }
            program().apply(HashedRules.tableText(family, wanted));
            differences = program().read(family).differences(wanted);
        }
        if (!differences.isEmpty()) {
            throw new InitFailure(
                    ExitCode.VERIFICATION_FAILED,
                    family.title() + " rules are not what was applied: " + String.join("; ", differences),
                    "find the program that changes them at the same time; then run this again");
        }
        out.accept(family.title() + ": applied, " + verified);
    }

    /**
     * Removes the table.
     *
     * @param optional a program that cannot even list the table has made none
     * @return whether there was one
     */
    boolean remove(Family family, boolean optional) {
        if (nft == null) {
            return false;
        }
        try {
            if (!nft.read(family).exists()) {
                return false;
            }
        } catch (InitFailure failure) {
            if (optional || failure.code() == ExitCode.MISSING_KERNEL_SUPPORT) {
                return false;
            }
            throw failure;
        }
        String table = family.title() + " (nft): table " + HashedRules.TABLE;
        out.accept(table + " is to go");
        if (!dryRun) {
            nft.apply(HashedRules.removalText(family));
            if (nft.read(family).exists()) {
                throw new InitFailure(
                        ExitCode.VERIFICATION_FAILED,
                        table + " is still there after it was removed",
                        "find the program that puts it back; then run this again");
            }
            out.accept(table + " removed");
        }
        return true;
    }

    /** How many packets were redirected so far. */
    long redirected(Family family) {
        return program().read(family).redirected();
    }

    /** How many packets were left alone so far for their type of service. */
    long letThrough(Family family) {
        return program().read(family).letThrough();
    }

    /** Prints the plan of one family. */
    void printPlan(CaptureConfig config, Family family) {
        HashedRules.Chains chains = HashedRules.chains(config, family);
        List<Rule> rules = new ArrayList<>();
        rules.add(new Rule(HashedRules.OUTPUT + ": " + HashedRules.HOOK, "before the chains of iptables"));
        for (Rule rule : chains.output()) {
            rules.add(new Rule(HashedRules.OUTPUT + ": " + rule.spec(), rule.purpose()));
        }
        for (Rule rule : chains.spread()) {
            rules.add(new Rule(HashedRules.SPREAD + ": " + NftTable.shortened(rule.spec()), rule.purpose()));
        }
        String table = HashedRules.keyword(family) + " " + HashedRules.TABLE;
        PlanText.print(family.title() + " plan, nftables table " + table + ":", rules, out);
    }

    /** Prints what an installation would change. */
    void printDifference(CaptureConfig config, Family family) {
        List<String> differences = program().read(family).differences(HashedRules.chains(config, family));
        out.accept(family.title() + " (nft): "
                + (differences.isEmpty() ? "would not change" : "would change: " + String.join("; ", differences)));
    }

    private Nft program() {
        if (nft == null) {
            throw new IllegalStateException("applies() was false");
        }
        return nft;
    }
}
