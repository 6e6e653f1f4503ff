package io.remora.spring.http;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;

/** Lets a native image keep the field that {@link JettyPods} reads. Knows no class of Jetty, which may not be there. */
final class JettyHints implements RuntimeHintsRegistrar {

    static final String REQUEST_CLASS = "org.springframework.http.client.JettyClientHttpRequest";
    static final String FIELD = "request";

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        hints.reflection().registerType(TypeReference.of(REQUEST_CLASS), type -> type.withField(FIELD));
    }
}
