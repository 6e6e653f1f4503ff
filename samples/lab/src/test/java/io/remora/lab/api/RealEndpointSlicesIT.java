package io.remora.lab.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.Test;

/** The EndpointSlice controller of kube-controller-manager on kube-apiserver. */
class RealEndpointSlicesIT extends SliceContract {
    @Override
    ControlPlane launch() {
        return RealControlPlane.launch(RealPrograms.required(), ControlPlaneSite.local());
    }

    @Override
    AutoCloseable startController(ControlPlane launched) {
        return ((RealControlPlane) launched).startControllers(RealControlPlane.CONTROLLERS);
    }

    @Test
    void anAgentMayReadServicesAndSlicesAndNothingElse() {
        AgentAccount account = AgentAccount.create(plane(), "default", "agent");
        try (KubernetesClient agent = plane().client(account.token())) {
            assertThat(agent.services().inAnyNamespace().list().getItems()).isNotEmpty();
            assertThat(agent.discovery()
                            .v1()
                            .endpointSlices()
                            .inAnyNamespace()
                            .list()
                            .getItems())
                    .isNotEmpty();
            assertThatThrownBy(() -> agent.pods().inNamespace("default").list())
                    .isInstanceOfSatisfying(
                            KubernetesClientException.class,
                            e -> assertThat(e.getCode()).isEqualTo(403));
            assertThatThrownBy(() -> agent.services()
                            .inNamespace("default")
                            .withName("kubernetes")
                            .delete())
                    .isInstanceOfSatisfying(
                            KubernetesClientException.class,
                            e -> assertThat(e.getCode()).isEqualTo(403));
        }
    }
}
