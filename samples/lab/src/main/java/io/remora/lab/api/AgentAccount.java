package io.remora.lab.api;

import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import java.nio.file.Path;

/**
 * The ServiceAccount of an agent, with the rights that its manifests give it and no other: get, list and watch of Services and
 * EndpointSlices, get of IPAddresses.
 *
 * @param namespace where the account lives
 * @param name its name
 * @param token a bearer token, valid for an hour
 * @param kubeconfig a kubeconfig with that token, for programs at the control plane's site
 */
public record AgentAccount(String namespace, String name, String token, Path kubeconfig) {
    private static final String ROLE = "remora-agent";

    /** Creates the account in an existing namespace; what exists of it already is replaced. */
    public static AgentAccount create(ControlPlane plane, String namespace, String name) {
        KubernetesClient admin = plane.admin();
        admin.resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(namespace)
                        .endMetadata()
                        .build())
                .createOr(NonDeletingOperation::update);
        admin.resource(role()).createOr(NonDeletingOperation::update);
        admin.resource(binding(namespace, name)).createOr(NonDeletingOperation::update);
        String token = token(plane, namespace, name, 3600);
        return new AgentAccount(namespace, name, token, plane.kubeconfig(namespace + "-" + name, token));
    }

    private static ClusterRole role() {
        return new ClusterRoleBuilder()
                .withNewMetadata()
                .withName(ROLE)
                .endMetadata()
                .addNewRule()
                .withApiGroups("")
                .withResources("services")
                .withVerbs("get", "list", "watch")
                .endRule()
                .addNewRule()
                .withApiGroups("discovery.k8s.io")
                .withResources("endpointslices")
                .withVerbs("get", "list", "watch")
                .endRule()
                .addNewRule()
                .withApiGroups("networking.k8s.io")
                .withResources("ipaddresses")
                .withVerbs("get")
                .endRule()
                .build();
    }

    private static ClusterRoleBinding binding(String namespace, String name) {
        return new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(ROLE + "-" + namespace + "-" + name)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", ROLE)
                .addNewSubject()
                .withKind("ServiceAccount")
                .withNamespace(namespace)
                .withName(name)
                .endSubject()
                .build();
    }

    /**
     * Asks for a new token of a ServiceAccount, as {@code kubectl create token} does.
     *
     * @param seconds how long it is valid; kube-apiserver demands at least 600
     */
    public static String token(ControlPlane plane, String namespace, String name, long seconds) {
        TokenRequest request = new TokenRequestBuilder()
                .withNewSpec()
                .withExpirationSeconds(seconds)
                .endSpec()
                .build();
        return plane.admin()
                .serviceAccounts()
                .inNamespace(namespace)
                .withName(name)
                .tokenRequest(request)
                .getStatus()
                .getToken();
    }
}
