package io.remora.spring.http;

import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;

/** The request factories that Spring Boot supports. */
enum Factory {
    HTTP_COMPONENTS,
    REACTOR,
    JETTY,
    JDK,
    SIMPLE;

    ClientHttpRequestFactoryBuilder<?> builder() {
        return switch (this) {
            case HTTP_COMPONENTS -> ClientHttpRequestFactoryBuilder.httpComponents();
            case REACTOR -> ClientHttpRequestFactoryBuilder.reactor();
            case JETTY -> ClientHttpRequestFactoryBuilder.jetty();
            case JDK -> ClientHttpRequestFactoryBuilder.jdk();
            case SIMPLE -> ClientHttpRequestFactoryBuilder.simple();
        };
    }
}
