package io.remora.netfilter;

/** How the program ends; the numbers are documented and never change their meaning. */
public enum ExitCode {
    /** Applied and proved, removed, or planned. */
    OK(0),
    /** A fault of this program. */
    INTERNAL(1),
    /** A flag or variable is wrong or missing. */
    BAD_SETTINGS(2),
    /** CAP_NET_ADMIN is missing in the user namespace that owns the network namespace. */
    MISSING_CAPABILITY(3),
    /** The kernel or the iptables extensions lack a table, match or target that the rules need. */
    MISSING_KERNEL_SUPPORT(4),
    /** Another program held the xtables lock for longer than the lock wait. */
    XTABLES_LOCKED(5),
    /** The uid or gid to leave alone does not exist in this user namespace. */
    UNMAPPED_ID(6),
    /** No iptables programs on the search path. */
    PROGRAMS_NOT_FOUND(7),
    /** The kernel's rules are not what was applied. */
    VERIFICATION_FAILED(8),
    /** A connection did not arrive where the rules send it. */
    PROBE_FAILED(9),
    /** The iptables programs failed in a way that none of the others names. */
    APPLY_FAILED(10);

    private final int status;

    ExitCode(int status) {
        this.status = status;
    }

    /** The process exit status. */
    public int status() {
        return status;
    }
}
