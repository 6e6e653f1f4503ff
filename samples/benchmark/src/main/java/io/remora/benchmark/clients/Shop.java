package io.remora.benchmark.clients;

import io.remora.lab.Lab;
import io.remora.lab.Pod;
import io.remora.lab.caller.CallerProgram;
import io.remora.lab.process.LabException;
import io.remora.lab.process.LabProcess;
import io.remora.lab.process.ProcessSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/** The pods that one client calls, each with a server that runs; which of them belong to the Service changes. */
final class Shop implements AutoCloseable {
    static final int PODS = 9;

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Lab lab;
    private final ProcessSpecs servers;
    private final List<Pod> pods = new ArrayList<>();
    private final Map<Pod, LabProcess> processes = new HashMap<>();

    private interface ProcessSpecs {
        ProcessSpec of(Pod pod);
    }

    Shop(Lab lab, ClusterDns dns, CallerProgram program, Variant variant, String prefix) {
        this.lab = lab;
        this.servers = pod ->
                program.serve(variant.role(), pod.name()).plus(variant.servers().toArray(String[]::new));
        for (int i = 1; i <= PODS; i++) {
            Pod pod = lab.addPod(prefix + "-" + i, i % 2 == 0 ? "node-b" : "node-a");
            dns.use(pod);
            pods.add(pod);
            start(pod);
        }
        pods.forEach(this::awaitServing);
    }

    /** Counted from 1. */
    Pod pod(int number) {
        return pods.get(number - 1);
    }

    void start(Pod pod) {
        processes.put(pod, pod.start(servers.of(pod)));
    }

    void awaitServing(Pod pod) {
        process(pod).awaitLog("^serving$", LIMIT);
    }

    LabProcess process(Pod pod) {
        return Objects.requireNonNull(processes.get(pod));
    }

    /** Makes a pod part of the Service: it runs and is ready. */
    void add(Pod pod) {
        lab.kubelet().run(pod, Variants.SERVICE, Map.of("http", CallerProgram.HTTP_PORT));
    }

    void ready(Pod pod, boolean ready) {
        lab.kubelet().ready(pod, ready);
    }

    void terminating(Pod pod) {
        lab.kubelet().terminate(pod);
    }

    /** SIGTERM, and when the server has ended its work, the pod is gone. */
    void end(Pod pod) {
        process(pod).stop(Duration.ofSeconds(30));
        lab.kubelet().gone(pod);
    }

    @Override
    public void close() {
        for (Pod pod : pods) {
            lab.kubelet().gone(pod);
            pod.delete();
        }
        awaitNoEndpoints();
    }

    /** So that the next client finds none of these pods. */
    private void awaitNoEndpoints() {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (hasEndpoints()) {
            if (System.nanoTime() > end) {
                throw new LabException("the pods of " + Variants.SERVICE + " are gone, and its endpoints are not");
            }
            LockSupport.parkNanos(100_000_000);
        }
    }

    private boolean hasEndpoints() {
        return lab
                .controlPlane()
                .admin()
                .discovery()
                .v1()
                .endpointSlices()
                .inNamespace("default")
                .list()
                .getItems()
                .stream()
                .anyMatch(slice -> slice.getMetadata().getName().startsWith(Variants.SERVICE)
                        && slice.getEndpoints() != null // as an empty list is sent
                        && !slice.getEndpoints().isEmpty());
    }
}
