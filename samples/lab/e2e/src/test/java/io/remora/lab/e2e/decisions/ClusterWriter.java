package io.remora.lab.e2e.decisions;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.remora.lab.process.LabException;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Makes random clusters, each in a namespace of its own. What the API server refuses is drawn again. */
final class ClusterWriter {

    private static final int WRITERS = 6;
    private static final int UNPROCESSABLE = 422;
    private static final int DRAWS = 100;

    private final KubernetesClient api;
    private final long seed;
    private final AtomicInteger refused = new AtomicInteger();

    ClusterWriter(KubernetesClient api, long seed) {
        this.api = api;
        this.seed = seed;
    }

    /** Makes them, several at a time, and returns how many objects were refused. */
    int write(int clusters) {
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int cluster = 0; cluster < clusters; cluster++) {
            int number = cluster;
            tasks.add(() -> {
                writeOne(number);
                return null;
            });
        }
        ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
        try {
            for (Future<Void> written : writers.invokeAll(tasks)) {
                written.get();
            }
        } catch (ExecutionException e) {
            throw new LabException("a cluster could not be written: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while clusters were written", e);
        } finally {
            writers.shutdownNow();
        }
        return refused.get();
    }

    private void writeOne(int number) {
        Chance chance = new Chance(seed, number);
        String namespace = "cluster-" + number;
        api.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
        RandomService services = new RandomService(chance, number);
        int count = chance.between(1, 4);
        for (int i = 1; i <= count; i++) {
            String name = "s" + i;
            Service service = create(() -> services.draw(namespace, name));
            RandomSlices slices = new RandomSlices(chance, service);
            int sliceCount = chance.of(0, 1, 2, 2, 3, 4);
            for (int j = 1; j <= sliceCount; j++) {
                String sliceName = name + "-" + j;
                create(() -> slices.draw(sliceName));
            }
        }
    }

    private <T extends HasMetadata> T create(Supplier<T> draw) {
        String last = "";
        for (int i = 0; i < DRAWS; i++) {
            T drawn = draw.get();
            try {
                T created = api.resource(drawn).create();
                if (drawn instanceof Service service && service.getStatus() != null) {
                    api.resource(new ServiceBuilder((Service) created)
                                    .withStatus(service.getStatus())
                                    .build())
                            .updateStatus();
                }
                return created;
            } catch (KubernetesClientException e) {
                if (e.getCode() != UNPROCESSABLE && e.getCode() != HttpURLConnection.HTTP_BAD_REQUEST) {
                    throw e;
                }
                refused.incrementAndGet();
                last = String.valueOf(e.getMessage());
            }
        }
        throw new LabException("the API server refused " + DRAWS + " objects in a row: " + last);
    }
}
