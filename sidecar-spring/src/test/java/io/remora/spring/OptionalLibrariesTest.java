package io.remora.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.embedded.Remora;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Applications that have not everything which the starter can work with: each on a class path without some jars. */
@Timeout(120)
class OptionalLibrariesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "reactor-netty",
                "spring-boot-restclient,httpclient5,jetty",
                "spring-boot-webclient,spring-webflux,spring-boot-webflux",
                "spring-boot-actuator,spring-boot-health,spring-boot-micrometer,micrometer-core",
                "grpc,spring-cloud"
            })
    void anApplicationStartsWithoutALibrary(String jars) throws Exception {
        try (URLClassLoader without = classPathWithout(jars)) {
            Thread thread = Thread.currentThread();
            ClassLoader before = thread.getContextClassLoader();
            thread.setContextClassLoader(without);
            try {
                Object beans = without.loadClass(App.class.getName())
                        .getMethod("start")
                        .invoke(null);
                assertThat(beans).isEqualTo(1);
            } finally {
                thread.setContextClassLoader(before);
            }
        }
    }

    private static URLClassLoader classPathWithout(String jars) throws MalformedURLException {
        // Surefire's own jar is the whole class path otherwise.
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<URL> kept = new ArrayList<>();
        int left = 0;
        for (String entry : path.split(File.pathSeparator, -1)) {
            if (isOf(jars, Path.of(entry).getFileName().toString())) {
                left++;
            } else {
                kept.add(Path.of(entry).toUri().toURL());
            }
        }
        assertThat(left).as("jars of " + jars).isPositive();
        return new URLClassLoader(kept.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    private static boolean isOf(String jars, String file) {
        return Arrays.stream(jars.split(",", -1))
                .anyMatch(jar -> Stream.of("", "spring-", "spring-boot-", "spring-boot-starter-")
                        .anyMatch(prefix -> file.startsWith(prefix + jar)));
    }

    /** Loaded anew for each class path. */
    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    public static class App {

        /** Returns how many {@link Remora} the application has. */
        public static int start() {
            try (ConfigurableApplicationContext context = new SpringApplicationBuilder(App.class)
                    .web(WebApplicationType.NONE)
                    .run("--remora.services.catalog.endpoints=127.0.0.1:9001", "--spring.grpc.server.enabled=false")) {
                return context.getBeanNamesForType(Remora.class).length;
            }
        }
    }
}
