package io.remora.lab.api;

import io.remora.lab.process.LabException;
import io.remora.lab.process.LabProcess;
import io.remora.lab.process.ProcessLauncher;
import io.remora.lab.process.ProcessSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * etcd and kube-apiserver, and kube-controller-manager on request. {@link #stop()} ends kube-apiserver alone: etcd keeps the
 * state.
 */
public final class RealControlPlane extends AbstractControlPlane {
    /** The controllers that need no kubelet. */
    public static final List<String> CONTROLLERS = List.of(
            "serviceaccount-controller",
            "endpointslice-controller",
            "endpointslice-mirroring-controller",
            "deployment-controller",
            "replicaset-controller");

    private static final Duration START_TIME = Duration.ofSeconds(60);
    private static final String SERVICE_CIDRS = "10.96.0.0/16,fd00:96::/108";
    private static final Duration GRACE = Duration.ofSeconds(15);

    private final KubernetesPrograms programs;
    private final ProcessLauncher launcher;
    private final WorkFolder folder;
    private final ProcessSpec etcdCommand;
    private final ProcessSpec apiServerCommand;
    private @Nullable LabProcess etcd;
    private @Nullable LabProcess apiServer;
    private @Nullable LabProcess controllerManager;
    private List<String> controllers = List.of();

    private RealControlPlane(
            KubernetesPrograms programs,
            ProcessLauncher launcher,
            WorkFolder folder,
            ControlPlaneAccess access,
            ProcessSpec etcdCommand,
            ProcessSpec apiServerCommand) {
        super(access);
        this.programs = programs;
        this.launcher = launcher;
        this.folder = folder;
        this.etcdCommand = etcdCommand;
        this.apiServerCommand = apiServerCommand;
    }

    /** Starts etcd and kube-apiserver and waits until they are ready, which takes about 2 s. */
    public static RealControlPlane launch(KubernetesPrograms programs, ControlPlaneSite site) {
        WorkFolder folder = WorkFolder.create(site.folder());
        RealControlPlane plane;
        try {
            plane = prepare(programs, site, folder);
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

    private static RealControlPlane prepare(KubernetesPrograms programs, ControlPlaneSite site, WorkFolder folder) {
        Path files = folder.path();
        int port = site.port(6443);
        InetSocketAddress local = site.reachable(port);
        ServingCertificate tls = ServingCertificate.create(files, site.address(), local.getAddress());
        ServingCertificate.createSigningKey(files.resolve("sa.key"));
        write(files.resolve("tokens.csv"), ADMIN_TOKEN + ",admin,admin,system:masters\n");
        String etcdUrl = "http://127.0.0.1:" + site.port(2379);
        return new RealControlPlane(
                programs,
                site.launcherIn(files),
                folder,
                new ControlPlaneAccess(
                        ControlPlaneAccess.url(new InetSocketAddress(site.address(), port)),
                        ControlPlaneAccess.url(local),
                        tls.pem(),
                        ADMIN_TOKEN,
                        files),
                etcdCommand(programs, files, etcdUrl, "http://127.0.0.1:" + site.port(2380)),
                apiServerCommand(programs, files, etcdUrl, tls, site.address(), port));
    }

    private static ProcessSpec etcdCommand(KubernetesPrograms programs, Path files, String clients, String peers) {
        return ProcessSpec.of(
                programs.path("etcd"),
                "--data-dir=" + files.resolve("etcd"),
                "--unsafe-no-fsync",
                // As kubeadm has it: without, a watch of a type that does not change gets no bookmark for ten minutes.
                "--watch-progress-notify-interval=5s",
                "--listen-client-urls=" + clients,
                "--advertise-client-urls=" + clients,
                "--listen-peer-urls=" + peers,
                "--initial-advertise-peer-urls=" + peers,
                "--initial-cluster=default=" + peers);
    }

    private static ProcessSpec apiServerCommand(
            KubernetesPrograms programs,
            Path files,
            String etcdUrl,
            ServingCertificate tls,
            InetAddress address,
            int port) {
        // The API's own Service must not lead to loopback, which kube-apiserver refuses to advertise.
        String advertised = address.isLoopbackAddress() ? "10.0.0.1" : text(address);
        return ProcessSpec.of(
                programs.path("kube-apiserver"),
                "--etcd-servers=" + etcdUrl,
                "--cert-dir=" + files.resolve("certs"),
                "--tls-cert-file=" + tls.certificate(),
                "--tls-private-key-file=" + tls.key(),
                "--secure-port=" + port,
                "--bind-address=" + text(address),
                "--advertise-address=" + advertised,
                "--service-cluster-ip-range=" + SERVICE_CIDRS,
                "--token-auth-file=" + files.resolve("tokens.csv"),
                "--authorization-mode=RBAC",
                "--service-account-key-file=" + files.resolve("sa.key"),
                "--service-account-signing-key-file=" + files.resolve("sa.key"),
                "--service-account-issuer=https://lab",
                "--allow-privileged=true");
    }

    private static String text(InetAddress address) {
        return address.getHostAddress();
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    @Override
    public boolean isReal() {
        return true;
    }

    /** The programs that it runs. */
    public KubernetesPrograms programs() {
        return programs;
    }

    @Override
    public synchronized void start() {
        if (etcd == null) {
            etcd = launcher.start(etcdCommand);
        }
        if (apiServer == null) {
            LabProcess starting = launcher.start(apiServerCommand);
            apiServer = starting;
            access().http().awaitReady(START_TIME, () -> died(starting, etcd));
        }
    }

    private static Optional<String> died(@Nullable LabProcess... processes) {
        for (LabProcess process : processes) {
            if (process != null && !process.isAlive()) {
                List<String> lines = process.log().lines().toList();
                String end = String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
                return Optional.of(process + "\n" + end);
            }
        }
        return Optional.empty();
    }

    @Override
    public synchronized void stop() {
        if (apiServer != null) {
            apiServer.kill();
            apiServer = null;
        }
    }

    /** Ends kube-apiserver as a rollout does (SIGTERM): watches end in good order, then the process. */
    public synchronized void stopGracefully() {
        if (apiServer != null) {
            apiServer.stop(GRACE);
            apiServer = null;
        }
    }

    @Override
    public synchronized void restartEmpty() {
        stop();
        stopControllers();
        stopEtcd();
        try {
            WorkFolder.removeAll(folder.path().resolve("etcd"));
        } catch (IOException e) {
            throw new UncheckedIOException("the state of etcd cannot be removed", e);
        }
        start();
        if (!controllers.isEmpty()) {
            startControllers(controllers);
        }
    }

    /**
     * Starts kube-controller-manager with these controllers only, in the place of the one that runs.
     *
     * @param names as its {@code --controllers} has them, {@link #CONTROLLERS} for example
     */
    public synchronized LabProcess startControllers(List<String> names) {
        if (names.isEmpty()) {
            throw new LabException("no controllers were named; use CONTROLLERS for those that need no kubelet");
        }
        stopControllers();
        controllers = List.copyOf(names);
        String config = kubeconfig().toString();
        List<String> command = new ArrayList<>(List.of(
                programs.path("kube-controller-manager"),
                "--kubeconfig=" + config,
                "--authentication-kubeconfig=" + config,
                "--authorization-kubeconfig=" + config,
                "--leader-elect=false",
                "--secure-port=0",
                "--service-account-private-key-file=" + folder.path().resolve("sa.key"),
                "--controllers=" + String.join(",", names)));
        LabProcess started = launcher.start(ProcessSpec.of(command));
        controllerManager = started;
        return started;
    }

    private void stopControllers() {
        if (controllerManager != null) {
            controllerManager.kill();
            controllerManager = null;
        }
    }

    private void stopEtcd() {
        if (etcd != null) {
            etcd.kill();
            etcd = null;
        }
    }

    @Override
    public synchronized void close() {
        access().close();
        stopControllers();
        stop();
        stopEtcd();
        folder.close();
    }
}
