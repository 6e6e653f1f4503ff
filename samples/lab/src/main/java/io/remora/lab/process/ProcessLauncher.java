package io.remora.lab.process;

/**
 * A place where programs run: the machine itself, the lab's root namespace, a node or a pod. Thread-safe.
 */
public interface ProcessLauncher {

    /**
     * Starts a program and returns at once.
     *
     * @throws LabException when the program cannot be started
     */
    LabProcess start(ProcessSpec spec);

    /** Runs a program to its end; its output is kept apart. The program is killed when {@code spec.timeout()} passes. */
    ExecResult exec(ProcessSpec spec);

    /** {@link #exec(ProcessSpec)} of a command without further settings: as root, 30 s at most. */
    default ExecResult exec(String... command) {
        return exec(ProcessSpec.of(command));
    }
}
