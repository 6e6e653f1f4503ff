package io.remora.netfilter;

/** Tells from the words of an iptables program why it failed. The words are those of iptables 1.6 to 1.8, C locale. */
final class Diagnosis {

    private Diagnosis() {}

    static InitFailure of(String program, Subprocess.Result result) {
        String said = result.complaint();
        String problem = program
                + (result.timedOut() ? " did not end in time" : " failed with status " + result.status())
                + (said.isEmpty() ? "" : ": " + said);
        if (hasAny(said, "holding the xtables lock", "Can't lock ")) {
            return new InitFailure(
                    ExitCode.XTABLES_LOCKED,
                    problem,
                    "find what holds /run/xtables.lock ('fuser -v /run/xtables.lock'), or wait longer with --lock-wait");
        }
        if (hasAny(said, "open lock file")) {
            return new InitFailure(
                    ExitCode.APPLY_FAILED,
                    problem,
                    "mount a writable folder (an emptyDir) at /run, or use --backend nft, which needs no lock file");
        }
        if (hasAny(said, "Permission denied", "Operation not permitted", "you must be root")) {
            return missingCapability(problem);
        }
        if (hasAny(
                said,
                "Table does not exist",
                "No chain/target/match by that name",
                "Couldn't load",
                "missing kernel module",
                "not supported",
                "Failed to initialize nft",
                "can't initialize",
                "(No such file or directory)",
                "is incompatible")) {
            return new InitFailure(
                    ExitCode.MISSING_KERNEL_SUPPORT,
                    problem,
                    "load the kernel modules on the node, or choose the other backend with --backend");
        }
        return new InitFailure(ExitCode.APPLY_FAILED, problem, "the words above are those of " + program);
    }

    static InitFailure missingCapability(String problem) {
        return new InitFailure(
                ExitCode.MISSING_CAPABILITY,
                problem,
                "run the init container with securityContext {runAsUser: 0, capabilities: {add: [NET_ADMIN, NET_RAW]}} "
                        + "(NET_RAW is for the legacy backend)");
    }

    private static boolean hasAny(String text, String... parts) {
        for (String part : parts) {
            if (text.contains(part)) {
                return true;
            }
        }
        return false;
    }
}
