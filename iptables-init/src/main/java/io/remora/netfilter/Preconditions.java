package io.remora.netfilter;

/** What can be told before anything is run, from what the kernel says about this process. */
final class Preconditions {

    private final ProcSelf proc;

    Preconditions(ProcSelf proc) {
        this.proc = proc;
    }

    void requireNetAdmin() {
        if (!proc.hasNetAdmin()) {
            throw Diagnosis.missingCapability(
                    "this process lacks the capability CAP_NET_ADMIN (uid " + proc.socketUid() + ")");
        }
    }

    /** The kernel refuses an owner match on an id that the user namespace does not have, with "Invalid argument". */
    void requireMapped(Proxy known) {
        if (!(known instanceof ProxyOwner proxy)) {
            return;
        }
        if (!proc.mapsUid(proxy.uid())) {
            throw unmapped("--proxy-uid", proxy.uid(), "uid_map");
        }
        if (!proc.mapsGid(proxy.gid())) {
            throw unmapped("--proxy-gid", proxy.gid(), "gid_map");
        }
    }

    /** A process that the rules leave alone cannot prove with a connection of its own that they capture. */
    void requireCapturable(Proxy known) {
        if (!(known instanceof ProxyOwner proxy)) {
            return; // its dials have no mark, whoever it runs as
        }
        boolean uid = proc.socketUid() == proxy.uid();
        if (uid || proc.socketGid() == proxy.gid()) {
            throw new InitFailure(
                    ExitCode.BAD_SETTINGS,
                    "this process runs as the " + (uid ? "user " + proxy.uid() : "group " + proxy.gid())
                            + " that the rules leave alone, so it cannot prove them with a connection of its own",
                    "run the init container as another user and group (runAsUser: 0, runAsGroup: 0), "
                            + "or leave the proof out with --skip-probe");
        }
    }

    private InitFailure unmapped(String flag, long id, String map) {
        return new InitFailure(
                ExitCode.UNMAPPED_ID,
                flag + " " + id + " does not exist in this user namespace, which maps (" + map
                        + ": inside, outside, count) " + proc.idMap(map),
                "run with a user namespace that maps it (newuidmap and a range in /etc/subuid), or without one");
    }
}
