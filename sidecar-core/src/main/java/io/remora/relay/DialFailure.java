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

    /** The system call itself failed: nothing was sent, so nobody but us is to blame. A refusal comes from a firewall. */
    static DialFailure atOnce(Throwable problem) {
        int errno = Errno.of(problem);
        Outcome outcome = errno == Errno.ECONNREFUSED ? Outcome.REFUSED : Outcome.LOCAL_ERROR;
        return new DialFailure(outcome, errno, Errno.isExhausted(errno));
    }

    /** The network's answer, or its absence. */
    static DialFailure later(int errno) {
        return new DialFailure(
                switch (errno) {
                    case Errno.ECONNREFUSED -> Outcome.REFUSED;
                    case Errno.ETIMEDOUT -> Outcome.TIMEOUT;
                    case Errno.EADDRNOTAVAIL, Errno.EMFILE, Errno.ENFILE, Errno.ENOBUFS, Errno.ENOMEM ->
                        Outcome.LOCAL_ERROR;
                    default -> Outcome.UNREACHABLE;
                },
                errno,
                Errno.isExhausted(errno));
    }
}
