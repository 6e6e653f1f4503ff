package io.remora.agent;

/** How {@code remora agent} ends; the numbers are documented and never change their meaning. */
enum ExitCode {
    /** Ended as asked. */
    OK(0, "ended as asked: drained after SIGTERM, or POST /quitquitquit"),
    /** A fault of this program. */
    INTERNAL(1, "a fault of the program itself; the log has the stack trace"),
    /** A flag, variable or property is wrong. */
    BAD_SETTINGS(2, "one or more settings are wrong; all of them are listed"),
    /** A port to listen on is taken. */
    PORT_IN_USE(3, "another process listens on the capture or the admin port"),
    /** The kernel refuses to listen there. */
    NOT_PERMITTED(4, "the user may not listen there, or the address is not one of this machine"),
    /** The native transport is missing. */
    NO_EPOLL(
            5,
            "the native transport cannot be loaded: not Linux on x86_64 or aarch64 with glibc, or no place to unpack it"),
    /** Second SIGTERM or SIGINT. */
    FORCED(143, "ended at once by a second SIGTERM or SIGINT; not with shutdown.mode=serve");

    private final int status;
    private final String meaning;

    ExitCode(int status, String meaning) {
        this.status = status;
        this.meaning = meaning;
    }

    /** The process exit status. */
    int status() {
        return status;
    }

    /** For tables. */
    String meaning() {
        return meaning;
    }
}
