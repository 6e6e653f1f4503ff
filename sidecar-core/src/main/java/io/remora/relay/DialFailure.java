package io.remora.relay;

import io.remora.balancer.Outcome;

/**
 * Why a connect failed.
 *
 * @param errno what the kernel said; {@link Errno#UNKNOWN} if nothing
 * @param exhausted the process or machine ran out of something that comes back when connections end
 */
record DialFailure(Outcome outcome, int errno, boolean exhausted) {

    /** The relay dialled itself. */
    static final DialFailure LOOP = new DialFailure(Outcome.LOCAL_ERROR, Errno.ELOOP, false);

    /**
     * The system call itself failed: nothing was sent, or it came back from this machine's own rules, so nobody but us is
     * to blame for a missing route (ENETUNREACH, EHOSTUNREACH, EACCES of a prohibiting one, EINVAL of a black hole), a
     * missing port or right. A refusal is the endpoint's, on the same machine, or a firewall's that stands for it.
     */
    static DialFailure atOnce(Throwable problem) {
        int errno = Errno.of(problem);
        Outcome outcome = errno == Errno.ECONNREFUSED ? Outcome.REFUSED : Outcome.LOCAL_ERROR;
        return new DialFailure(outcome, errno, Errno.isExhausted(errno));
    }

    /**
     * The network's answer, or its absence. A reset that answers the SYN is a refusal, so ECONNRESET, and EPIPE behind an
     * end of stream, tell of an endpoint that took the connection and reset it before we looked (Linux
     * {@code tcp_reset()}). Unreachable is what an ICMP message says, or a neighbour that does not answer; that includes
     * EACCES, which is ICMPv6's "administratively prohibited".
     */
    static DialFailure later(int errno) {
        return new DialFailure(
                switch (errno) {
                    case Errno.ECONNREFUSED -> Outcome.REFUSED;
                    case Errno.ETIMEDOUT -> Outcome.TIMEOUT;
                    case Errno.ECONNRESET, Errno.EPIPE -> Outcome.RESET;
                    case Errno.EADDRNOTAVAIL,
                            Errno.EMFILE,
                            Errno.ENFILE,
                            Errno.ENOBUFS,
                            Errno.ENOMEM,
                            Errno.ENETDOWN,
                            Errno.EPERM -> Outcome.LOCAL_ERROR;
                    default -> Outcome.UNREACHABLE;
                },
                errno,
                Errno.isExhausted(errno));
    }
}
