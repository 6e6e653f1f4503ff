package io.remora.spring;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.HttpClientSettings;

/**
 * How long a connect may take where the application does not say ({@code spring.http.clients.connect-timeout}). The clients'
 * own defaults are up to three minutes, as long as which a request would hang at a pod whose node is gone. Stateless.
 */
public final class ConnectTimeout {

    /** As Envoy's {@code connect_timeout}. */
    public static final Duration DEFAULT = Duration.ofSeconds(5);

    private ConnectTimeout() {}

    /** Returns settings that have one. */
    public static HttpClientSettings orDefault(@Nullable HttpClientSettings settings) {
        HttpClientSettings given = settings == null ? HttpClientSettings.defaults() : settings;
        return given.connectTimeout() == null ? given.withConnectTimeout(DEFAULT) : given;
    }
}
