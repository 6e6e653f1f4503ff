package io.remora.spring.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.context.annotation.ImportRuntimeHints;

class JettyHintsTest {

    @Test
    void theFieldThatIsReadMayBeReadInANativeImage() throws Exception {
        RuntimeHints hints = new RuntimeHints();
        new JettyHints().registerHints(hints, getClass().getClassLoader());

        assertThat(RuntimeHintsPredicates.reflection().onFieldAccess(JettyHints.REQUEST_CLASS, JettyHints.FIELD))
                .accepts(hints);
        assertThat(RemoraHttpClientAutoConfiguration.class.getAnnotation(ImportRuntimeHints.class))
                .satisfies(imported -> assertThat(imported.value()).contains(JettyHints.class));
    }
}
