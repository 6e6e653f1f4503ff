package io.remora.lab.process;

import java.util.List;

/**
 * What a finished command left.
 *
 * @param command the command as given
 * @param exitCode its exit code; 128 + n when it died of signal n (137 after a time-out)
 * @param timedOut whether it was killed because its time had passed
 * @param out standard output
 * @param err standard error
 */
public record ExecResult(List<String> command, int exitCode, boolean timedOut, String out, String err) {

    public ExecResult {
        command = List.copyOf(command);
    }

    /** Whether the command ended by itself with exit code 0. */
    public boolean ok() {
        return exitCode == 0 && !timedOut;
    }

    /**
     * This result, when the command succeeded.
     *
     * @throws LabException with the command and its output when it did not
     */
    public ExecResult orThrow() {
        if (ok()) {
            return this;
        }
        throw new LabException(String.join(" ", command)
                + (timedOut ? " was killed when its time had passed" : " failed with exit code " + exitCode)
                + "\n" + out + err);
    }
}
