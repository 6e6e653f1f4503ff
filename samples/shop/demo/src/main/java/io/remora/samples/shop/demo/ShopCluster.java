package io.remora.samples.shop.demo;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.remora.lab.Lab;
import io.remora.lab.LabConfig;
import io.remora.lab.Pod;
import io.remora.lab.api.AgentAccount;
import io.remora.lab.api.FakeKubelet;
import io.remora.lab.api.LabObjects;
import io.remora.lab.app.Apps;
import io.remora.lab.process.LabException;
import io.remora.lab.process.ProcessSpec;
import io.remora.lab.sidecar.Sidecar;
import io.remora.lab.sidecar.SidecarConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A lab with the pods that the shop's manifests tell of. */
final class ShopCluster implements AutoCloseable {
    private static final String[] NODES = {"node-a", "node-b", "node-b"};

    private final Lab lab;
    private final ShopOptions options;
    private final Manifests manifests;
    private final Programs programs;
    private final Map<String, ShopPod> pods = new LinkedHashMap<>();
    private final InetSocketAddress page;

    private ShopCluster(Lab lab, ShopOptions options, Consumer<String> progress) {
        this.lab = lab;
        this.options = options;
        progress.accept("starting the API server and the controller that writes EndpointSlices");
        KubernetesClient api = lab.controlPlane().admin();
        lab.kubelet().registerNodes();
        lab.startControllers();
        manifests = Manifests.read(api, options.shop(), options.starter());
        for (HasMetadata object : manifests.objects()) {
            LabObjects.apply(api, object);
            if (object.getKind().equals("Namespace")) {
                LabObjects.ensureDefaultAccount(api, Manifests.NAMESPACE);
            }
        }
        Path web = lab.directory().resolve("web");
        Programs.unpack(options.jar("web"), web);
        programs = new Programs(
                web,
                options.jar("catalog"),
                options.jar("stock"),
                options.shop().resolve("reviews/reviews.py"),
                hosts(api));
        progress.accept("starting three pods each of catalog, stock and reviews");
        List<Deployment> parts = manifests.deployments().stream()
                .filter(each -> !each.getMetadata().getName().equals("web"))
                .toList();
        parts.forEach(part -> start(part, Map.of()));
        parts.forEach(this::ready);
        progress.accept(
                options.starter()
                        ? "starting three pods of web, with the starter"
                        : "starting three pods of web, each with Remora's agent beside it");
        Deployment front = manifests.deployments().stream()
                .filter(each -> each.getMetadata().getName().equals("web"))
                .findFirst()
                .orElseThrow(() -> new LabException("the manifests have no Deployment web"));
        start(
                front,
                options.starter()
                        ? Map.of(
                                "REMORA_KUBERNETES_KUBECONFIG",
                                starterAccess(),
                                "REMORA_NAMESPACE",
                                Manifests.NAMESPACE)
                        : Map.of());
        ready(front);
        page = pod("web-1").pod().forward(8080);
    }

    static ShopCluster start(ShopOptions options, Consumer<String> progress) {
        Lab lab = Lab.start(LabConfig.DEFAULT);
        try {
            return new ShopCluster(lab, options, progress);
        } catch (RuntimeException e) {
            lab.close();
            throw e;
        }
    }

    /** The lab has no DNS. */
    private Path hosts(KubernetesClient api) {
        StringBuilder text = new StringBuilder("127.0.0.1 localhost\n");
        for (Service service :
                api.services().inNamespace(Manifests.NAMESPACE).list().getItems()) {
            text.append(service.getSpec().getClusterIP())
                    .append(' ')
                    .append(service.getMetadata().getName())
                    .append('\n');
        }
        try {
            return Files.writeString(lab.directory().resolve("hosts"), text);
        } catch (IOException e) {
            throw new LabException("the hosts file cannot be written: " + e, e);
        }
    }

    private void start(Deployment deployment, Map<String, String> more) {
        String name = deployment.getMetadata().getName();
        String image = Manifests.container(deployment).getImage();
        List<Pod> added = new ArrayList<>();
        for (int i = 0; i < deployment.getSpec().getReplicas(); i++) {
            added.add(lab.addPod(name + "-" + (i + 1), NODES[i]));
        }
        if (name.equals("web") && !options.starter()) {
            inject(added);
        }
        for (Pod pod : added) {
            ProcessSpec spec = programs.of(image)
                    .env(manifests.environment(
                            deployment, pod.name(), pod.node().name()))
                    .env(more)
                    .named(name);
            lab.controlPlane()
                    .admin()
                    .resource(Manifests.pod(deployment, pod.name(), pod.node().name()))
                    .create();
            pods.put(pod.name(), new ShopPod(pod, spec, Programs.servingLine(image)));
        }
    }

    /** Waits until all pods of a Deployment serve, and tells the API server. */
    private void ready(Deployment deployment) {
        for (ShopPod pod : pods.values()) {
            if (pod.name().matches(deployment.getMetadata().getName() + "-\\d")) {
                pod.awaitServing();
                new FakeKubelet(lab.controlPlane().admin())
                        .running(
                                Manifests.NAMESPACE, pod.name(), pod.pod().ips().toArray(String[]::new));
            }
        }
    }

    /** As in a cluster: the application starts when the agent is ready. */
    private void inject(List<Pod> clients) {
        Path kubeconfig = lab.publish(Sidecar.kubeconfig(lab));
        SidecarConfig config = new SidecarConfig(
                lab.publish(options.agentJar()),
                lab.publish(options.initJar()),
                Apps.java(),
                List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-XX:TieredStopAtLevel=1"),
                Map.of(),
                List.of(),
                20_000,
                kubeconfig);
        List<Sidecar> sidecars =
                clients.stream().map(pod -> Sidecar.start(lab, pod, config)).toList();
        sidecars.forEach(Sidecar::awaitReady);
    }

    /** A kubeconfig of the account that the manifests give to web, with the Role that they give it. */
    private String starterAccess() {
        String token = AgentAccount.token(lab.controlPlane(), Manifests.NAMESPACE, "web", 24 * 3600);
        return lab.controlPlane().kubeconfig("shop-web", token).toString();
    }

    Lab lab() {
        return lab;
    }

    /** Where this machine reaches the page of the first pod of web. */
    InetSocketAddress page() {
        return page;
    }

    ShopPod pod(String name) {
        ShopPod pod = pods.get(name);
        if (pod == null) {
            throw new LabException("there is no pod " + name + " but " + pods.keySet());
        }
        return pod;
    }

    List<ShopPod> pods() {
        return List.copyOf(pods.values());
    }

    /** Tells the API server whether a pod is ready. */
    void report(ShopPod pod, boolean ready) {
        new FakeKubelet(lab.controlPlane().admin()).ready(Manifests.NAMESPACE, pod.name(), ready);
    }

    @Override
    public void close() {
        lab.close();
    }
}
