package io.remora.lab.api;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.remora.lab.process.LabException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Objects that tests need, and waiting for what becomes of them. */
public final class LabObjects {
    private LabObjects() {}

    /** Creates a namespace with its {@code default} ServiceAccount, without which it takes no Pod. */
    public static void createNamespace(KubernetesClient client, String name) {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        ensureDefaultAccount(client, name);
    }

    /** Creates the {@code default} ServiceAccount of a namespace; where its controller runs, it may have done so already. */
    public static void ensureDefaultAccount(KubernetesClient client, String namespace) {
        apply(
                client,
                new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName("default")
                        .withNamespace(namespace)
                        .endMetadata()
                        .build());
    }

    /** Creates an object, or replaces the one of that name. */
    public static <T extends HasMetadata> T apply(KubernetesClient client, T object) {
        return client.resource(object).createOr(NonDeletingOperation::update);
    }

    /**
     * Waits until {@code condition} is true, asking every 20 ms.
     *
     * @param what names the condition in the message
     * @throws LabException when {@code limit} passes, or the condition fails
     */
    public static void awaitUntil(String what, Duration limit, Callable<Boolean> condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            while (!condition.call()) {
                if (System.nanoTime() - deadline > 0) {
                    throw new LabException("not within " + limit + ": " + what);
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new LabException("while waiting for " + what + ": " + e, e);
        }
    }
}
