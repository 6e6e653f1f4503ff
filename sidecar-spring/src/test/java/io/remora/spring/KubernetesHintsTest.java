package io.remora.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.context.annotation.ImportRuntimeHints;

class KubernetesHintsTest {

    private final RuntimeHints hints = new RuntimeHints();

    @ParameterizedTest
    @ValueSource(
            classes = {
                Service.class,
                ServiceSpec.class,
                ServicePort.class,
                ObjectMeta.class,
                EndpointSlice.class,
                Endpoint.class,
                EndpointConditions.class,
                EndpointPort.class
            })
    void whatIsReadFromTheApiServerCanBeMade(Class<?> kind) {
        new KubernetesHints().registerHints(hints, getClass().getClassLoader());
        assertThat(RuntimeHintsPredicates.reflection()
                        .onType(kind)
                        .withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS))
                .accepts(hints);
    }

    @Test
    void theAutoConfigurationBringsThem() {
        assertThat(RemoraAutoConfiguration.class.getAnnotation(ImportRuntimeHints.class))
                .satisfies(imported -> assertThat(imported.value()).contains(KubernetesHints.class));
    }
}
