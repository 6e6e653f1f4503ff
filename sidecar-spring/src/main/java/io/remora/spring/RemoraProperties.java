package io.remora.spring;

import io.remora.balancer.BalancerPolicy;
import io.remora.kubernetes.ApiAccess;
import io.remora.kubernetes.KubernetesConfig;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of Remora in an application.
 *
 * @param policy How an endpoint is chosen.
 * @param kubernetes What is watched, and how the API server is reached.
 */
@ConfigurationProperties("remora")
public record RemoraProperties(
        @Nullable BalancerPolicy policy, @DefaultValue Kubernetes kubernetes) {

    /**
     * What is watched, and how the API server is reached.
     *
     * @param namespaces Namespaces to watch; all of them if empty.
     * @param kubeconfig Kubeconfig file to use instead of the pod's service account.
     */
    public record Kubernetes(
            @DefaultValue List<String> namespaces, @Nullable Path kubeconfig) {}

    BalancerPolicy policyOrDefault() {
        return policy == null ? BalancerPolicy.DEFAULT : policy;
    }

    KubernetesConfig kubernetesConfig() {
        return KubernetesConfig.DEFAULT
                .withNamespaces(kubernetes.namespaces())
                .withAccess(
                        kubernetes.kubeconfig() == null
                                ? ApiAccess.DISCOVERED
                                : ApiAccess.kubeconfig(kubernetes.kubeconfig()));
    }
}
