package io.remora.spring.actuate;

import io.remora.embedded.EmbeddedRelay;
import io.remora.embedded.Remora;
import io.remora.spring.RemoraAutoConfiguration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** The health contributor {@code remora}. */
@AutoConfiguration(after = RemoraAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnEnabledHealthIndicator("remora")
@ConditionalOnBean(Remora.class)
public final class RemoraHealthAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(name = "remoraHealthIndicator")
    RemoraHealthIndicator remoraHealthIndicator(Remora remora, ObjectProvider<EmbeddedRelay> relay) {
        return new RemoraHealthIndicator(remora, relay.getIfAvailable());
    }
}
