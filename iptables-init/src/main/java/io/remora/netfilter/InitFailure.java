package io.remora.netfilter;

/** Ends the run: what went wrong, what to do about it, and the exit code. Stackless: the message is for an operator. */
public final class InitFailure extends RuntimeException {

    private final ExitCode code;
    private final String fix;

    /**
     * @param code the exit code
     * @param problem what went wrong, with the facts
     * @param fix what the operator can do
     */
    public InitFailure(ExitCode code, String problem, String fix) {
        super(problem, null, false, false);
        this.code = code;
        this.fix = fix;
    }

    /** The exit code. */
    public ExitCode code() {
        return code;
    }

    /** What the operator can do. */
    public String fix() {
        return fix;
    }
}
