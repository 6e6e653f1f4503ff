package io.remora.lab.api;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;
import java.util.Map;

/** Builds Services in a line. Immutable; each method returns a changed copy. For more, edit what {@link #build()} returns. */
public final class ServiceTemplate {
    private final Service service;

    private ServiceTemplate(Service service) {
        this.service = service;
    }

    public static ServiceTemplate named(String namespace, String name) {
        return new ServiceTemplate(new ServiceBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .build());
    }

    private ServiceBuilder change() {
        return new ServiceBuilder(service);
    }

    /** With the label {@code app} as its selector. */
    public ServiceTemplate selecting(String app) {
        return new ServiceTemplate(
                change().editSpec().withSelector(Map.of("app", app)).endSpec().build());
    }

    /** With one more TCP port that leads to a port number of the pods. */
    public ServiceTemplate port(String name, int port, int targetPort) {
        return port(new ServicePortBuilder()
                .withName(name)
                .withPort(port)
                .withTargetPort(new IntOrString(targetPort))
                .build());
    }

    /** With one more TCP port that leads to a named port of the pods. */
    public ServiceTemplate port(String name, int port, String targetPort) {
        return port(new ServicePortBuilder()
                .withName(name)
                .withPort(port)
                .withTargetPort(new IntOrString(targetPort))
                .build());
    }

    private ServiceTemplate port(ServicePort port) {
        return new ServiceTemplate(
                change().editSpec().addToPorts(port).endSpec().build());
    }

    /** With a ClusterIP of each address family. */
    public ServiceTemplate dualStack() {
        return new ServiceTemplate(change().editSpec()
                .withIpFamilyPolicy("RequireDualStack")
                .endSpec()
                .build());
    }

    /** With these families, {@code IPv4} or {@code IPv6}, in this order. */
    public ServiceTemplate families(String... families) {
        return new ServiceTemplate(
                change().editSpec().withIpFamilies(families).endSpec().build());
    }

    /** With a chosen ClusterIP; {@code None} makes it headless. */
    public ServiceTemplate clusterIp(String address) {
        return new ServiceTemplate(
                change().editSpec().withClusterIP(address).endSpec().build());
    }

    public ServiceTemplate headless() {
        return clusterIp("None");
    }

    public ServiceTemplate publishNotReadyAddresses() {
        return new ServiceTemplate(
                change().editSpec().withPublishNotReadyAddresses(true).endSpec().build());
    }

    public Service build() {
        return service;
    }
}
