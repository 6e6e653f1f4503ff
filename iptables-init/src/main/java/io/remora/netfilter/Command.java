package io.remora.netfilter;

/** What the program was asked to do. */
public sealed interface Command {
    /**
     * Apply rules (or print them, if the run is dry).
     *
     * @param capture which
     * @param run how
     */
    record Apply(CaptureConfig capture, RunConfig run) implements Command {}

    /**
     * Look, and change nothing.
     *
     * @param capture which rules would be applied, or should be there
     * @param run how
     */
    record Check(CaptureConfig capture, RunConfig run) implements Command {}

    /**
     * Remove all rules.
     *
     * @param run how
     */
    record Cleanup(RunConfig run) implements Command {}

    /** Print name and version. */
    record Version() implements Command {}

    /** Print the settings. */
    record Help() implements Command {}
}
