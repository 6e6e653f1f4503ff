package io.remora.lab.demo;

import io.fabric8.kubernetes.api.model.Service;
import io.remora.lab.Lab;
import io.remora.lab.LabConfig;
import io.remora.lab.Pod;
import io.remora.lab.api.FakeKubelet;
import io.remora.lab.api.PodTemplate;
import io.remora.lab.api.ServiceTemplate;
import io.remora.lab.app.Apps;
import io.remora.lab.process.ExecResult;
import io.remora.lab.process.LabProcess;
import io.remora.lab.process.ProcessSpec;
import io.remora.lab.sidecar.Sidecar;
import io.remora.lab.sidecar.SidecarConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The cluster of the demo: a Service of three pods on two nodes, one without any, and a client pod with Remora in it. */
final class Stage implements AutoCloseable {
    /** The Service with pods. */
    static final String WEB = "web";

    /** The Service without. */
    static final String NOBODY = "nobody";

    /** How long a pod works on each request, so that some are in flight at any time. */
    static final int WORK_MILLIS = 40;

    private static final String NAMESPACE = "default";
    private static final int PORT = 80;
    private static final int POD_PORT = 8080;
    private static final Duration START_TIME = Duration.ofSeconds(60);

    private final Lab lab;
    private final SidecarConfig config;
    private final List<Pod> web = new ArrayList<>();
    private final Pod client;
    private final Sidecar sidecar;
    private final AgentAdmin admin;
    private final String webIp;
    private final String nobodyIp;

    private Stage(Lab lab, SidecarConfig config, Consumer<String> progress) {
        this.lab = lab;
        this.config = config;
        progress.accept("starting the API server");
        lab.controlPlane();
        lab.kubelet().registerNodes();
        progress.accept("starting the controller that writes EndpointSlices");
        lab.startControllers();
        webIp = create(ServiceTemplate.named(NAMESPACE, WEB).selecting(WEB).port("http", PORT, POD_PORT));
        nobodyIp = create(
                ServiceTemplate.named(NAMESPACE, NOBODY).selecting(NOBODY).port("http", PORT, POD_PORT));
        progress.accept("starting three pods of the Service web, on two nodes");
        List<LabProcess> servers = new ArrayList<>();
        String[] nodes = {"node-a", "node-b", "node-b"};
        for (int i = 0; i < nodes.length; i++) {
            Pod pod = lab.addPod("web-" + (i + 1), nodes[i]);
            servers.add(serve(pod));
            web.add(pod);
        }
        for (int i = 0; i < nodes.length; i++) {
            ready(web.get(i), servers.get(i));
        }
        progress.accept("starting the client pod: init step, then the agent");
        client = lab.addPod("client", "node-a");
        // The control plane's own folder is closed to other users, and the agent is one.
        Path kubeconfig = lab.publish(Sidecar.kubeconfig(lab));
        sidecar = Sidecar.inject(lab, client, config.kubeconfig(kubeconfig));
        admin = new AgentAdmin(client.forward(Sidecar.ADMIN_PORT));
    }

    /**
     * Starts everything; nothing is left when it fails.
     *
     * @param progress told what happens
     */
    static Stage start(SidecarConfig config, Consumer<String> progress) {
        Lab lab = Lab.start(LabConfig.DEFAULT);
        try {
            return new Stage(lab, config, progress);
        } catch (RuntimeException e) {
            lab.close();
            throw e;
        }
    }

    private String create(ServiceTemplate template) {
        Service service = lab.controlPlane()
                .admin()
                .resource(template.dualStack().build())
                .create();
        return service.getSpec().getClusterIP();
    }

    Lab lab() {
        return lab;
    }

    SidecarConfig config() {
        return config;
    }

    Pod client() {
        return client;
    }

    /** The agent's log. */
    Path agentLog() {
        return sidecar.process().logFile();
    }

    AgentAdmin admin() {
        return admin;
    }

    /** ClusterIP of {@link #WEB}. */
    String webIp() {
        return webIp;
    }

    /** ClusterIP of {@link #NOBODY}. */
    String nobodyIp() {
        return nobodyIp;
    }

    /** The pods of {@link #WEB} that live. */
    List<Pod> web() {
        return List.copyOf(web);
    }

    /** One line about what runs, for the screen. */
    String subject() {
        String api = lab.controlPlane().isReal()
                ? "kube-apiserver "
                        + lab.controlPlane().admin().getKubernetesVersion().getGitVersion()
                : "embedded API server";
        return WEB + " " + webIp + ":" + PORT + ", agent uid " + Sidecar.UID + ", " + api;
    }

    /** Address of a pod's server as EndpointSlices tell it. */
    static String address(Pod pod) {
        return pod.ip() + ":" + POD_PORT;
    }

    private static LabProcess serve(Pod pod) {
        return pod.start(Apps.app("serve", "--name", pod.name(), "--http", Integer.toString(POD_PORT)));
    }

    private void ready(Pod pod, LabProcess server) {
        server.awaitLog("^serving$", START_TIME);
        lab.kubelet().run(pod, WEB, Map.of("http", POD_PORT));
    }

    /** Starts a pod, as a kubelet does that has not yet said that it is ready. */
    Pod addWeb(String name, String node) {
        Pod pod = lab.addPod(name, node);
        kubelet().createPod(new PodTemplate(NAMESPACE, name, WEB, node, Map.of("http", POD_PORT)));
        serve(pod).awaitLog("^serving$", START_TIME);
        web.add(pod);
        return pod;
    }

    /** Tells the API server that a pod runs and is ready. */
    void reportReady(Pod pod) {
        kubelet().running(NAMESPACE, pod.name(), pod.ips().toArray(String[]::new));
    }

    private FakeKubelet kubelet() {
        return new FakeKubelet(lab.controlPlane().admin());
    }

    /** Kills a pod without the API server knowing. */
    void kill(Pod pod) {
        web.remove(pod);
        pod.delete();
    }

    /** Tells the API server that a pod is gone. */
    void reportGone(Pod pod) {
        lab.kubelet().gone(pod);
    }

    /** Starts requests to {@link #WEB} at a fixed rate. */
    LabProcess startLoad(int perSecond, Duration limit) {
        List<String> app = Apps.app("").command();
        List<String> command = new ArrayList<>(app.subList(0, app.size() - 2));
        command.addAll(List.of(
                LoadClient.class.getName(),
                webIp,
                Integer.toString(PORT),
                "/slow/" + WORK_MILLIS,
                Integer.toString(perSecond),
                Long.toString(limit.toSeconds())));
        return client.start(ProcessSpec.of(command).named("load"));
    }

    /** Connects to {@link #NOBODY} so many times, one after the other; returns the client's JSON. */
    ExecResult connectToNobody(int times) {
        return client.exec(Apps.app(
                "connect",
                "--target",
                nobodyIp + ":" + PORT,
                "--count",
                Integer.toString(times),
                "--timeout-ms",
                "2000"));
    }

    @Override
    public void close() {
        lab.close();
    }
}
