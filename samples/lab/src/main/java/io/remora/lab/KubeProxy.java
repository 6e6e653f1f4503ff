package io.remora.lab;

import io.remora.lab.net.NetworkPlan;
import io.remora.lab.process.LabException;
import io.remora.lab.process.LabProcess;
import io.remora.lab.process.ProcessSpec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The real kube-proxy on a node, for traffic that does without Remora and to compare with. */
final class KubeProxy {
    private static final Duration START_TIME = Duration.ofSeconds(30);
    /** Where it tells whether it has programmed the node, on the node's address. */
    static final int HEALTH_PORT = 10256;

    private KubeProxy() {}

    /**
     * Starts it and waits until it has programmed the node once.
     *
     * @param health where this JVM reaches the node's health port
     */
    static LabProcess start(
            Node node, boolean ipv6, Path program, Path kubeconfig, KubeProxyMode mode, InetSocketAddress health) {
        ProcessSpec spec = ProcessSpec.of(
                program.toString(),
                "--kubeconfig=" + kubeconfig,
                "--hostname-override=" + node.name(),
                "--proxy-mode=" + mode.name().toLowerCase(Locale.ROOT),
                "--cluster-cidr=" + NetworkPlan.POD_CIDR + (ipv6 ? "," + NetworkPlan.POD_CIDR6 : ""),
                // The machine's own conntrack table stays as it is.
                "--conntrack-max-per-core=0",
                "--conntrack-min=0",
                "--conntrack-tcp-timeout-established=0s",
                "--conntrack-tcp-timeout-close-wait=0s",
                "--healthz-bind-address=0.0.0.0:" + HEALTH_PORT,
                "--metrics-bind-address=127.0.0.1:10249");
        LabProcess process = node.start(spec);
        awaitHealthy(process, health);
        return process;
    }

    private static void awaitHealthy(LabProcess process, InetSocketAddress health) {
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(2))
                .build();
        URI uri = URI.create("http://" + health.getAddress().getHostAddress() + ":" + health.getPort() + "/healthz");
        HttpRequest request =
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(2)).build();
        long deadline = System.nanoTime() + START_TIME.toNanos();
        String last = "no answer";
        while (System.nanoTime() - deadline < 0 && process.isAlive()) {
            try {
                HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() == 200) {
                    return;
                }
                last = answer.body();
            } catch (IOException e) {
                last = e.toString();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new LabException("interrupted while kube-proxy was starting", e);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        String log = process.log();
        process.close();
        throw new LabException(process.name() + " is not healthy: " + last + "\n" + log);
    }
}
