package io.remora.spring.relay;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** Ends the start of an application that is to relay without the library for it, before it has made anything. */
final class MissingTransport implements BeanFactoryPostProcessor {

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
        throw new RelayUnavailableException("is not on the class path", null);
    }
}
