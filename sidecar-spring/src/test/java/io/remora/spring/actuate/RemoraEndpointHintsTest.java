package io.remora.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.annotation.ReflectiveRuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;

/** Spring Boot has hints for what the operations of an endpoint return; that goes for all of the views here. */
class RemoraEndpointHintsTest {

    @ParameterizedTest
    @ValueSource(
            classes = {
                RemoraView.class,
                RemoraView.ServiceView.class,
                RemoraView.PortView.class,
                RemoraView.BalancingView.class,
                RemoraView.EndpointView.class,
                RemoraView.EjectionView.class,
                SourceView.class,
                WhyView.class
            })
    void aViewCanBeWrittenAsJsonInANativeImage(Class<?> view) {
        RuntimeHints hints = new RuntimeHints();
        new ReflectiveRuntimeHintsRegistrar().registerRuntimeHints(hints, RemoraEndpoint.class);

        String component = view.getRecordComponents()[0].getName();
        assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(view, component))
                .accepts(hints);
    }

    @ParameterizedTest
    @ValueSource(strings = {"services", "service"})
    void itsOperationsCanBeCalled(String operation) {
        RuntimeHints hints = new RuntimeHints();
        new ReflectiveRuntimeHintsRegistrar().registerRuntimeHints(hints, RemoraEndpoint.class);

        assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(RemoraEndpoint.class, operation))
                .accepts(hints);
    }
}
