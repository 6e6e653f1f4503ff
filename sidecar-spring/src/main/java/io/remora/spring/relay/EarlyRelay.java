package io.remora.spring.relay;

import io.remora.embedded.EmbeddedRelay;
import io.remora.embedded.Remora;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.BeanFactoryInitializer;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.InstantiationAwareBeanPostProcessor;

/**
 * Has the relay made before any other bean can dial. Spring's initializers of the bean factory come before its singletons, but
 * behind a web server, whose filters may have made half of the application already; so the first bean of all, of whatever
 * kind, waits for the relay as well. Once it is there this does nothing.
 */
final class EarlyRelay
        implements InstantiationAwareBeanPostProcessor, BeanFactoryInitializer<ListableBeanFactory>, BeanFactoryAware {

    private final AtomicBoolean begun = new AtomicBoolean();
    private @Nullable ConfigurableListableBeanFactory beans;

    @Override
    public void setBeanFactory(BeanFactory beanFactory) {
        beans = (ConfigurableListableBeanFactory) beanFactory;
    }

    @Override
    public void initialize(ListableBeanFactory beanFactory) {
        begin();
    }

    @Override
    public @Nullable Object postProcessBeforeInstantiation(Class<?> beanClass, String beanName) {
        begin();
        return null;
    }

    private void begin() {
        ConfigurableListableBeanFactory factory = beans;
        if (begun.get() || factory == null || isRemoraBeingMade(factory)) {
            return;
        }
        if (begun.compareAndSet(false, true)) {
            factory.getBean(EmbeddedRelay.class);
        }
    }

    /** Somebody else asked for it first: what it is made of cannot wait for what is made of it. */
    private static boolean isRemoraBeingMade(ConfigurableListableBeanFactory factory) {
        for (String name : factory.getBeanNamesForType(Remora.class, true, false)) {
            if (factory.isCurrentlyInCreation(name)) {
                return true;
            }
        }
        return false;
    }
}
