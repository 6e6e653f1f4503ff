package io.remora.outlier;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whoever has no circuit breaker does not pay for resilience4j: everything runs with its classes missing. */
class BreakerLoadingTest {

    @Test
    void withoutABreakerItsLibraryIsNotLoaded() throws Exception {
        try (URLClassLoader without = classPathWithout("resilience4j")) {
            assertThatThrownBy(() -> without.loadClass("io.github.resilience4j.circuitbreaker.CircuitBreaker"))
                    .isInstanceOf(ClassNotFoundException.class);
            Runnable traffic = (Runnable) without.loadClass(Traffic.class.getName())
                    .getDeclaredConstructor()
                    .newInstance();
            traffic.run();
        }
    }

    private static URLClassLoader classPathWithout(String word) throws Exception {
        List<URL> path = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (!new File(entry).getName().contains(word)) {
                path.add(new File(entry).toURI().toURL());
            }
        }
        return new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }
}
