package io.remora.netfilter;

import java.time.Duration;

/**
 * How the rules are put in place.
 *
 * @param backend whose programs
 * @param ipv6 what becomes of the IPv6 service CIDRs
 * @param probe whether to prove the rules with a connection
 * @param probeTimeout how long that connection may take, per family
 * @param lockWait how long to wait for the xtables lock; whole seconds, at least 1
 * @param dryRun print the plan and change nothing
 */
public record RunConfig(
        BackendChoice backend, Ipv6Mode ipv6, boolean probe, Duration probeTimeout, Duration lockWait, boolean dryRun) {

    /** How long a proof connection may take. */
    public static final Duration DEFAULT_PROBE_TIMEOUT = Duration.ofSeconds(5);

    /** How long to wait for the xtables lock. */
    public static final Duration DEFAULT_LOCK_WAIT = Duration.ofSeconds(30);

    /** Everything at its default. */
    public static final RunConfig DEFAULT =
            new RunConfig(BackendChoice.AUTO, Ipv6Mode.AUTO, true, DEFAULT_PROBE_TIMEOUT, DEFAULT_LOCK_WAIT, false);
}
