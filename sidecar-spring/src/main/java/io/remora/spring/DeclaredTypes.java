package io.remora.spring;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** What beans are declared as. */
public final class DeclaredTypes {

    private DeclaredTypes() {}

    /**
     * Whether somebody might ask for a bean by a type that one that wraps it does not have.
     *
     * @param wrapper the only type that one has
     */
    public static boolean isNarrower(ConfigurableListableBeanFactory beans, String name, Class<?> wrapper) {
        if (!beans.containsBeanDefinition(name)) {
            return false;
        }
        Class<?> declared =
                beans.getMergedBeanDefinition(name).getResolvableType().resolve();
        return declared != null && declared != wrapper;
    }
}
