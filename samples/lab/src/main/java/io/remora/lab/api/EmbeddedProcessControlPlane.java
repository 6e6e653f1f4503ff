package io.remora.lab.api;

import io.remora.lab.process.LabProcess;
import io.remora.lab.process.ProcessLauncher;
import io.remora.lab.process.ProcessSpec;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The embedded API server as a process of its own, so that pods in namespaces reach it; ready in less than a second. */
public final class EmbeddedProcessControlPlane extends AbstractControlPlane {
    private static final Duration START_TIME = Duration.ofSeconds(30);

    private final ProcessLauncher launcher;
    private final WorkFolder folder;
    private final ProcessSpec command;
    private @Nullable LabProcess server;

    private EmbeddedProcessControlPlane(
            ProcessLauncher launcher, WorkFolder folder, ControlPlaneAccess access, ProcessSpec command) {
        super(access);
        this.launcher = launcher;
        this.folder = folder;
        this.command = command;
    }

    public static EmbeddedProcessControlPlane launch(ControlPlaneSite site) {
        WorkFolder folder = WorkFolder.create(site.folder());
        EmbeddedProcessControlPlane plane;
        try {
            plane = prepare(site, folder);
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
        try {
            plane.start();
            return plane;
        } catch (RuntimeException e) {
            plane.close();
            throw e;
        }
    }

    private static EmbeddedProcessControlPlane prepare(ControlPlaneSite site, WorkFolder folder) {
        int port = site.port(6443);
        InetSocketAddress listen = new InetSocketAddress(site.address(), port);
        InetSocketAddress local = site.reachable(port);
        ServingCertificate tls = ServingCertificate.create(folder.path(), site.address(), local.getAddress());
        return new EmbeddedProcessControlPlane(
                site.launcherIn(folder.path()),
                folder,
                new ControlPlaneAccess(
                        ControlPlaneAccess.url(listen),
                        ControlPlaneAccess.url(local),
                        tls.pem(),
                        ADMIN_TOKEN,
                        folder.path()),
                command(ControlPlaneAccess.authority(listen), data(folder), tls));
    }

    private static Path data(WorkFolder folder) {
        return folder.path().resolve("objects.jsonl");
    }

    /** This JVM's class path, whose relative parts mean nothing where the process starts. */
    private static String classPath() {
        return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
                .splitAsStream(System.getProperty("java.class.path"))
                .map(part -> Path.of(part).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static ProcessSpec command(String listen, Path data, ServingCertificate tls) {
        return ProcessSpec.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-XX:-UsePerfData",
                        "-Xmx1g",
                        "-cp",
                        classPath(),
                        EmbeddedApiServer.class.getName(),
                        "--listen",
                        listen,
                        "--data",
                        data.toString(),
                        "--tls-cert",
                        tls.certificate().toString(),
                        "--tls-key",
                        tls.key().toString(),
                        "--token",
                        ADMIN_TOKEN)
                .named("embedded-apiserver");
    }

    @Override
    public boolean isReal() {
        return false;
    }

    @Override
    public synchronized void start() {
        if (server == null) {
            LabProcess starting = launcher.start(command);
            server = starting;
            access().http().awaitReady(START_TIME, () -> ended(starting));
        }
    }

    private static Optional<String> ended(LabProcess process) {
        if (process.isAlive()) {
            return Optional.empty();
        }
        List<String> lines = process.log().lines().toList();
        return Optional.of(process + "\n" + String.join("\n", lines));
    }

    @Override
    public synchronized void stop() {
        if (server != null) {
            server.kill();
            server = null;
        }
    }

    @Override
    public synchronized void restartEmpty() {
        stop();
        try {
            Files.deleteIfExists(data(folder));
        } catch (IOException e) {
            throw new UncheckedIOException("the state of the API server cannot be removed", e);
        }
        start();
    }

    /** Forgets the history and ends all watches, so that a client that resumes is answered with 410. */
    public void expire() {
        access().http().post("/lab/expire");
    }

    @Override
    public synchronized void close() {
        access().close();
        stop();
        folder.close();
    }
}
