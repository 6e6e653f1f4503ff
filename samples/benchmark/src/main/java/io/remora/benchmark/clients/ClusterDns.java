package io.remora.benchmark.clients;

import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.remora.lab.Lab;
import io.remora.lab.Pod;
import io.remora.lab.app.Apps;
import io.remora.lab.process.LabException;
import io.remora.lab.process.ProcessSpec;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;

/**
 * DNS of a lab: {@link ZoneServer} in the middle, and its file, which is written anew whenever a slice of the headless Service
 * changes. Pods that {@link #use} it have the {@code resolv.conf} of a cluster.
 */
final class ClusterDns implements AutoCloseable {
    private static final String ADDRESS = "172.30.0.1";
    private static final String DOMAIN = ".default.svc.cluster.local";

    private final Path zone;
    private final Path resolvConf;
    private final String fixed;
    private final String headless;
    private final SharedIndexInformer<EndpointSlice> slices;

    /** For a Service with a ClusterIP, and a headless one, both in namespace default. */
    ClusterDns(Lab lab, String service, String headless) throws IOException {
        KubernetesClient api = lab.controlPlane().admin();
        this.headless = headless;
        this.zone = lab.directory().resolve("zone");
        this.resolvConf = Files.writeString(
                lab.directory().resolve("resolv.conf"),
                "nameserver " + ADDRESS + "\nsearch default.svc.cluster.local svc.cluster.local cluster.local\n"
                        + "options ndots:5\n");
        this.fixed = service + DOMAIN + " "
                + api.services()
                        .inNamespace("default")
                        .withName(service)
                        .require()
                        .getSpec()
                        .getClusterIP() + "\n";
        write(List.of());
        this.slices = api.discovery()
                .v1()
                .endpointSlices()
                .inNamespace("default")
                .withLabel("kubernetes.io/service-name", headless)
                .inform();
        slices.addEventHandler(new Changes());
        lab.root()
                .start(ProcessSpec.of(
                                Apps.java().toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Xmx32m",
                                "-cp",
                                ownClasses(),
                                ZoneServer.class.getName(),
                                ADDRESS,
                                zone.toString())
                        .named("dns"))
                .awaitLog("^serving$", Duration.ofSeconds(30));
    }

    private final class Changes implements ResourceEventHandler<EndpointSlice> {
        @Override
        public void onAdd(EndpointSlice slice) {
            write(slices.getStore().list());
        }

        @Override
        public void onUpdate(EndpointSlice before, EndpointSlice after) {
            write(slices.getStore().list());
        }

        @Override
        public void onDelete(EndpointSlice slice, boolean finalStateUnknown) {
            write(slices.getStore().list());
        }
    }

    private synchronized void write(List<EndpointSlice> all) {
        TreeSet<String> ready = new TreeSet<>();
        for (EndpointSlice slice : all) {
            List<Endpoint> endpoints = slice.getEndpoints(); // null, not empty, from the real controller
            for (Endpoint endpoint : endpoints == null ? List.<Endpoint>of() : endpoints) {
                if (!Boolean.FALSE.equals(endpoint.getConditions().getReady())) {
                    ready.addAll(endpoint.getAddresses());
                }
            }
        }
        try {
            Path next = zone.resolveSibling("zone.next");
            Files.writeString(
                    next, fixed + headless + DOMAIN + (ready.isEmpty() ? "" : " " + String.join(" ", ready)) + "\n");
            Files.move(next, zone, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new LabException("the zone cannot be written: " + e, e);
        }
    }

    /** Gives a pod the cluster's {@code resolv.conf}; its mounts are its own. */
    void use(Pod pod) {
        pod.exec(ProcessSpec.of("mount", "--bind", resolvConf.toString(), "/etc/resolv.conf"))
                .orThrow();
    }

    private static String ownClasses() {
        try {
            return Path.of(ZoneServer.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new LabException("the benchmark's own classes cannot be found", e);
        }
    }

    @Override
    public void close() {
        slices.close();
    }
}
