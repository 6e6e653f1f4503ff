package io.remora.spring.actuate;

import io.remora.embedded.EmbeddedRelay;
import io.remora.embedded.Remora;
import io.remora.internal.Moments;
import io.remora.spring.RemoraAutoConfiguration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** {@code /actuator/remora}, where it is exposed. */
@AutoConfiguration(after = RemoraAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(RemoraEndpoint.class)
@ConditionalOnBean(Remora.class)
public final class RemoraEndpointAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    RemoraEndpoint remoraEndpoint(Remora remora, ObjectProvider<EmbeddedRelay> relay) {
        return new RemoraEndpoint(remora, relay.getIfAvailable(), Moments.SYSTEM);
    }
}
