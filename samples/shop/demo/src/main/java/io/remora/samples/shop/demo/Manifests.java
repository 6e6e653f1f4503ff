package io.remora.samples.shop.demo;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.remora.lab.process.LabException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The objects of the shop's manifests. */
final class Manifests {
    static final String NAMESPACE = "shop";
    private static final List<String> FILES =
            List.of("namespace.yaml", "catalog.yaml", "stock.yaml", "reviews.yaml", "web.yaml");

    private final List<HasMetadata> objects;
    private final Map<String, List<EnvVar>> patches = new LinkedHashMap<>();

    private Manifests(List<HasMetadata> objects) {
        this.objects = objects;
    }

    /**
     * Reads the manifests of {@code samples/shop/base}.
     *
     * @param starter whether those of {@code samples/shop/starter} change them
     */
    static Manifests read(KubernetesClient client, Path shop, boolean starter) {
        List<HasMetadata> objects = new ArrayList<>();
        FILES.forEach(file -> objects.addAll(load(client, shop.resolve("base").resolve(file))));
        Manifests manifests = new Manifests(objects);
        if (starter) {
            objects.addAll(load(client, shop.resolve("starter/rbac.yaml")));
            for (HasMetadata patch : load(client, shop.resolve("starter/web.yaml"))) {
                Deployment deployment = (Deployment) patch;
                manifests.patches.put(
                        deployment.getMetadata().getName(),
                        container(deployment).getEnv());
            }
        }
        return manifests;
    }

    private static List<HasMetadata> load(KubernetesClient client, Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return client.load(in).items();
        } catch (IOException e) {
            throw new LabException(file + " cannot be read: " + e, e);
        }
    }

    /** All that the API server needs to have; Deployments are not among them, as the lab has nobody who makes their pods. */
    List<HasMetadata> objects() {
        return objects.stream()
                .filter(each -> !(each instanceof Deployment))
                .peek(each -> {
                    if (!each.getKind().equals("Namespace")) {
                        each.getMetadata().setNamespace(NAMESPACE);
                    }
                })
                .toList();
    }

    List<Deployment> deployments() {
        return objects.stream()
                .filter(Deployment.class::isInstance)
                .map(Deployment.class::cast)
                .toList();
    }

    /** A pod of a Deployment, bound to a node. */
    static Pod pod(Deployment deployment, String name, String node) {
        var template = deployment.getSpec().getTemplate();
        return new PodBuilder()
                .withMetadata(new ObjectMetaBuilder()
                        .withName(name)
                        .withNamespace(NAMESPACE)
                        .withLabels(template.getMetadata().getLabels())
                        .build())
                .withSpec(template.getSpec().edit().withNodeName(node).build())
                .build();
    }

    static Container container(Deployment deployment) {
        return deployment.getSpec().getTemplate().getSpec().getContainers().get(0);
    }

    /** The environment of a Deployment's container in a pod. */
    Map<String, String> environment(Deployment deployment, String pod, String node) {
        Map<String, String> environment = new LinkedHashMap<>();
        List<EnvVar> variables = new ArrayList<>(container(deployment).getEnv());
        variables.addAll(patches.getOrDefault(deployment.getMetadata().getName(), List.of()));
        for (EnvVar variable : variables) {
            environment.put(variable.getName(), value(variable, pod, node));
        }
        return environment;
    }

    private static String value(EnvVar variable, String pod, String node) {
        if (variable.getValueFrom() == null) {
            return variable.getValue();
        }
        String field = variable.getValueFrom().getFieldRef().getFieldPath();
        return switch (field) {
            case "metadata.name" -> pod;
            case "metadata.namespace" -> NAMESPACE;
            case "spec.nodeName" -> node;
            default ->
                throw new LabException(variable.getName() + " is of a field that the lab does not know: " + field);
        };
    }
}
