package io.remora.lab.process;

/** The lab could not do what it was asked for; the message names the command or object and, where known, the fix. */
public class LabException extends RuntimeException {

    public LabException(String message) {
        super(message);
    }

    public LabException(String message, Throwable cause) {
        super(message, cause);
    }
}
