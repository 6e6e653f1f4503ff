package io.remora.lab.api;

import io.remora.lab.process.Commands;
import io.remora.lab.process.ExecResult;
import io.remora.lab.process.LabException;
import io.remora.lab.process.LabProcess;
import io.remora.lab.process.ProcessLauncher;
import io.remora.lab.process.ProcessSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Starts programs that die with this JVM, however it ends: {@code setpriv --pdeathsig} asks the kernel for it. The kernel looks
 * at the thread that started the program, so one thread that never ends starts them all. Where setpriv is missing, programs
 * survive a SIGKILL of this JVM. Thread-safe.
 */
final class TiedLauncher implements ProcessLauncher {
    private static final ExecutorService STARTER = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "remora-lab-starter");
        thread.setDaemon(true);
        return thread;
    });
    private static final boolean TIES = canTie();

    private final ProcessLauncher launcher;

    TiedLauncher(ProcessLauncher launcher) {
        this.launcher = launcher;
    }

    private static boolean canTie() {
        try {
            return Commands.run(List.of("setpriv", "--pdeathsig", "KILL", "true"), Duration.ofSeconds(10))
                    .ok();
        } catch (LabException e) {
            return false;
        }
    }

    @Override
    public LabProcess start(ProcessSpec spec) {
        try {
            return STARTER.submit(() -> launcher.start(tied(spec))).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while starting " + spec.name(), e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof LabException cause
                    ? cause
                    : new LabException("cannot start " + spec.name(), e);
        }
    }

    private static ProcessSpec tied(ProcessSpec spec) {
        if (!TIES) {
            return spec;
        }
        List<String> command = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL"));
        command.addAll(spec.command());
        return new ProcessSpec(
                spec.name(), command, spec.environment(), spec.user(), spec.noFile(), spec.stdin(), spec.timeout());
    }

    @Override
    public ExecResult exec(ProcessSpec spec) {
        return launcher.exec(spec);
    }
}
