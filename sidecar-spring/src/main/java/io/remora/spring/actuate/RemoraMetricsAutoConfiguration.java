package io.remora.spring.actuate;

import io.micrometer.core.instrument.MeterRegistry;
import io.remora.embedded.Remora;
import io.remora.metrics.RelayMetrics;
import io.remora.spring.RemoraAutoConfiguration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.context.annotation.Bean;

/** Meters, where the application has a registry of them. */
@AutoConfiguration(after = {RemoraAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class})
@ConditionalOnClass({MeterRegistry.class, CompositeMeterRegistryAutoConfiguration.class})
@ConditionalOnBean({Remora.class, MeterRegistry.class})
public final class RemoraMetricsAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    RemoraMeterBinder remoraMeterBinder(ObjectProvider<Remora> remora) {
        return new RemoraMeterBinder(remora::getObject);
    }

    /** Of connections alone; the other binder has the rest of a Service. */
    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBooleanProperty("remora.relay.enabled")
    RelayMetrics remoraRelayMetrics(RemoraMeterBinder services) {
        return new RelayMetrics(services::relayed);
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBooleanProperty("remora.relay.enabled")
    RelayMeterBinder remoraRelayMeterBinder(RelayMetrics relay, ObjectProvider<Remora> remora) {
        return new RelayMeterBinder(relay, remora::getObject);
    }
}
