package io.remora.spring.relay;

import io.remora.config.ConfigException;
import io.remora.config.RemoraConfig;
import io.remora.embedded.EmbeddedRelay;
import io.remora.embedded.Remora;
import io.remora.relay.RefusalBuckets;
import io.remora.relay.RelayListener;
import io.remora.relay.RelayListeners;
import io.remora.spring.RemoraAutoConfiguration;
import java.io.IOException;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Relays the connections that the init step's rules hand over, with {@code remora.relay.enabled=true}. The relay is the first
 * singleton that is made, so that whatever dials while it is made finds it, and the last but its own Remora that is
 * destroyed.
 */
@AutoConfiguration(after = RemoraAutoConfiguration.class)
@ConditionalOnBean(Remora.class)
@ConditionalOnBooleanProperty("remora.relay.enabled")
public final class RemoraRelayAutoConfiguration {

    private static final String TRANSPORT = "io.netty.channel.epoll.Epoll";

    /** With Netty's classes. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = TRANSPORT)
    static final class WithTransport {

        @Bean
        static EarlyRelay remoraEarlyRelay() {
            return new EarlyRelay();
        }

        @Bean
        @ConditionalOnMissingBean
        RefusalBuckets remoraRefusalBuckets(RemoraConfig config) {
            return new RefusalBuckets(config.refusal());
        }

        @Bean(destroyMethod = "close")
        @ConditionalOnMissingBean
        EmbeddedRelay remoraRelay(Remora remora, RefusalBuckets refusal, ObjectProvider<RelayListener> listeners) {
            NativeTransport.require();
            EmbeddedRelay relay = new EmbeddedRelay(
                    remora, refusal, RelayListeners.of(listeners.orderedStream().toList()));
            try {
                relay.start();
            } catch (IOException e) {
                ConfigException problem = new ConfigException(List.of(String.valueOf(e.getMessage())));
                problem.initCause(e);
                throw problem;
            }
            return relay;
        }
    }

    /** Without them nothing of the relay could be loaded, and the rules would lead nowhere. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass(TRANSPORT)
    static final class WithoutTransport {

        @Bean
        static MissingTransport remoraMissingTransport() {
            return new MissingTransport();
        }
    }
}
