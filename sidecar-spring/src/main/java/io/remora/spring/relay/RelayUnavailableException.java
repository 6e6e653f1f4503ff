package io.remora.spring.relay;

import org.jspecify.annotations.Nullable;

/** The relay is wanted, and Netty's native epoll transport is not there. */
final class RelayUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String problem;

    /** @param problem what is wrong with the transport, as the rest of a sentence */
    RelayUnavailableException(String problem, @Nullable Throwable cause) {
        super("the relay needs Netty's native epoll transport, which " + problem, cause);
        this.problem = problem;
    }

    String problem() {
        return problem;
    }
}
