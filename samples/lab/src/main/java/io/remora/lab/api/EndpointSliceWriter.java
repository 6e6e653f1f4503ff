package io.remora.lab.api;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for the EndpointSlice controller where kube-controller-manager is not at hand: watches Services, Pods and nodes and
 * writes the slices of every Service with a selector. One thread does the writing;
 * {@link #sync(String, String)} may be called from any thread. After {@link ControlPlane#restartEmpty()} make a new one: its watches
 * wait for versions that the new server does not have.
 */
public final class EndpointSliceWriter implements AutoCloseable {
    /** How many endpoints the controller of Kubernetes puts into a slice. */
    public static final int MAX_ENDPOINTS = 100;

    private static final Logger LOGGER = System.getLogger(EndpointSliceWriter.class.getName());
    private static final String TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time";

    private final KubernetesClient client;
    private final int maxEndpoints;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "endpointslice-writer");
        thread.setDaemon(true);
        return thread;
    });
    private final SharedIndexInformer<Service> services;
    private final SharedIndexInformer<Pod> pods;

    /**
     * Starts watching.
     *
     * @param client the administrator's
     * @param maxEndpoints how many endpoints a slice holds at most
     */
    public EndpointSliceWriter(KubernetesClient client, int maxEndpoints) {
        if (maxEndpoints < 1) {
            throw new IllegalArgumentException("maxEndpoints must be at least 1: " + maxEndpoints);
        }
        this.client = client;
        this.maxEndpoints = maxEndpoints;
        this.services = client.services().inAnyNamespace().inform(new Trigger<Service>() {
            @Override
            void changed(Service service) {
                enqueue(() -> sync(service));
            }
        });
        this.pods = client.pods().inAnyNamespace().inform(new Trigger<Pod>() {
            @Override
            void changed(Pod pod) {
                enqueue(() -> servicesOf(pod).forEach(each -> sync(each)));
            }
        });
    }

    private abstract static class Trigger<T extends HasMetadata> implements ResourceEventHandler<T> {
        abstract void changed(T object);

        @Override
        public void onAdd(T object) {
            changed(object);
        }

        @Override
        public void onUpdate(T before, T after) {
            changed(before);
            changed(after);
        }

        @Override
        public void onDelete(T object, boolean finalStateUnknown) {
            changed(object);
        }
    }

    private List<Service> servicesOf(Pod pod) {
        Map<String, String> labels = pod.getMetadata().getLabels();
        return client.services().inNamespace(pod.getMetadata().getNamespace()).list().getItems().stream()
                .filter(service -> selects(service, labels))
                .toList();
    }

    private static boolean selects(Service service, @Nullable Map<String, String> labels) {
        Map<String, String> selector = service.getSpec().getSelector();
        return selector != null
                && !selector.isEmpty()
                && labels != null
                && labels.entrySet().containsAll(selector.entrySet());
    }

    private void enqueue(Runnable task) {
        try {
            writer.execute(() -> {
                try {
                    task.run();
                } catch (KubernetesClientException e) {
                    // The next event, or the informer's relist after an outage, brings the Service here again.
                    LOGGER.log(Level.WARNING, "cannot write the slices of a Service", e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOGGER.log(Level.DEBUG, "closed before a change was written");
        }
    }

    private void sync(Service service) {
        sync(service.getMetadata().getNamespace(), service.getMetadata().getName());
    }

    /** Writes the slices of one Service as its Pods are now. */
    public synchronized void sync(String namespace, String name) {
        Map<String, EndpointSlice> existing = slices(namespace, name);
        Service service =
                client.services().inNamespace(namespace).withName(name).get();
        if (service == null) {
            existing.values().forEach(slice -> client.resource(slice).delete());
            return;
        }
        Map<String, String> selector = service.getSpec().getSelector();
        if (selector == null || selector.isEmpty()) {
            return;
        }
        List<Pod> selected =
                client.pods().inNamespace(namespace).withLabels(selector).list().getItems();
        String now = Instant.now().toString();
        for (EndpointSlice slice : EndpointSlices.of(service, selected, zones(), maxEndpoints)) {
            EndpointSlice old = existing.remove(slice.getMetadata().getName());
            if (old == null || !sameContent(old, slice)) {
                LabObjects.apply(
                        client,
                        new EndpointSliceBuilder(slice)
                                .editMetadata()
                                .addToAnnotations(TRIGGER_TIME, now)
                                .endMetadata()
                                .build());
            }
        }
        existing.values().forEach(slice -> client.resource(slice).delete());
    }

    private static boolean sameContent(EndpointSlice old, EndpointSlice slice) {
        return old.getAddressType().equals(slice.getAddressType())
                && old.getPorts().equals(slice.getPorts())
                && old.getEndpoints().equals(slice.getEndpoints());
    }

    private Map<String, EndpointSlice> slices(String namespace, String service) {
        return client
                .discovery()
                .v1()
                .endpointSlices()
                .inNamespace(namespace)
                .withLabel("kubernetes.io/service-name", service)
                .withLabel("endpointslice.kubernetes.io/managed-by", EndpointSlices.MANAGED_BY)
                .list()
                .getItems()
                .stream()
                .collect(Collectors.toMap(slice -> slice.getMetadata().getName(), slice -> slice));
    }

    private Map<String, String> zones() {
        Map<String, String> zones = new HashMap<>();
        for (Node node : client.nodes().list().getItems()) {
            Map<String, String> labels = node.getMetadata().getLabels();
            String zone = labels == null ? null : labels.get("topology.kubernetes.io/zone");
            if (zone != null) {
                zones.put(node.getMetadata().getName(), zone);
            }
        }
        return zones;
    }

    /** Stops watching; the slices stay. */
    @Override
    public void close() {
        services.close();
        pods.close();
        writer.shutdown();
        try {
            if (!writer.awaitTermination(10, TimeUnit.SECONDS)) {
                LOGGER.log(Level.WARNING, "a slice was still being written after 10 s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
