package io.remora.spring.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.channel.epoll.Epoll;
import io.remora.config.ConfigException;
import io.remora.embedded.EmbeddedRelay;
import io.remora.embedded.Remora;
import io.remora.registry.RegistryListener;
import io.remora.spring.RemoraAutoConfiguration;
import io.remora.spring.actuate.RemoraHealthAutoConfiguration;
import jakarta.servlet.Filter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

class RemoraRelayAutoConfigurationTest {

    private static final AutoConfigurations RELAY =
            AutoConfigurations.of(RemoraAutoConfiguration.class, RemoraRelayAutoConfiguration.class);

    private final int port = freePort();
    private final String[] on = {
        "remora.services.catalog.endpoints=127.0.0.1:1",
        "remora.relay.enabled=true",
        "remora.refusal=off",
        "remora.shutdown.timeout=200ms",
        "remora.capture-port=" + port
    };
    private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(RELAY);

    @BeforeEach
    void needsEpoll() {
        assumeThat(Epoll.isAvailable()).as("Netty's native epoll transport").isTrue();
    }

    @Test
    void withoutTheSwitchNothingIsRelayed() {
        runner.withPropertyValues("remora.services.catalog.endpoints=127.0.0.1:1")
                .run(context -> assertThat(context)
                        .hasSingleBean(Remora.class)
                        .doesNotHaveBean(EmbeddedRelay.class)
                        .doesNotHaveBean(EarlyRelay.class));
        runner.withPropertyValues("remora.relay.enabled=true", "remora.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(EmbeddedRelay.class));
    }

    @Test
    void itMarksItsDialsAsTheDocumentationTellsTheInitContainer() {
        runner.withPropertyValues(on)
                .run(context -> assertThat(
                                context.getBean(EmbeddedRelay.class).config().dscp())
                        .isEqualTo(EmbeddedRelay.DEFAULT_DSCP)
                        .isEqualTo(3));
        runner.withPropertyValues(on)
                .withPropertyValues("remora.proxy-dscp=46")
                .run(context -> assertThat(
                                context.getBean(EmbeddedRelay.class).config().dscp())
                        .isEqualTo(46));
        runner.withPropertyValues(on)
                .withPropertyValues("remora.proxy-dscp=0")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .isInstanceOf(ConfigException.class)
                        .hasMessageContaining("remora.proxy-dscp=0: not valid with remora.relay.enabled=true"));
    }

    @Test
    void whatDialsWhileItIsMadeOrDestroyedFindsTheRelay() {
        runner.withPropertyValues(on)
                .withUserConfiguration(Clients.class)
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(Client.class));
        assertThat(Client.lastEnd).isEqualTo("dialled");
        assertThat(isFree()).isTrue();
    }

    @Test
    void soDoesAFilterThatIsMadeWithTheWebServer() {
        new WebApplicationContextRunner(AnnotationConfigServletWebServerApplicationContext::new)
                .withConfiguration(RELAY)
                .withConfiguration(AutoConfigurations.of(TomcatServletWebServerAutoConfiguration.class))
                .withPropertyValues(on)
                .withPropertyValues("server.port=0")
                .withUserConfiguration(Filters.class)
                .run(context -> assertThat(context).hasNotFailed().hasBean("dialling"));
    }

    @Test
    void aListenerThatIsMadeFirstIsNoCircle() {
        runner.withPropertyValues(on)
                .withBean("aaa", RegistryListener.class, () -> new RegistryListener() {})
                .withBean("messageSource", org.springframework.context.support.StaticMessageSource.class)
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(EmbeddedRelay.class));
    }

    @Test
    void aPortThatIsTakenIsNamedWithItsSetting() throws IOException {
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(taken.isBound()).isTrue();
            runner.withPropertyValues(on)
                    .run(context -> assertThat(context.getStartupFailure())
                            .hasStackTraceContaining(
                                    "setting remora.capture-port): another program, or another relay, has it"));
        }
    }

    @Test
    void theHealthTellsOfIt() {
        runner.withConfiguration(AutoConfigurations.of(RemoraHealthAutoConfiguration.class))
                .withPropertyValues(on)
                .run(context -> assertThat(Objects.requireNonNull(
                                        context.getBean(HealthIndicator.class).health())
                                .getDetails()
                                .get("relay"))
                        .asString()
                        .contains("127.0.0.1:" + port, "dscp=3", "connections=0"));
    }

    @Test
    void withoutTheLibraryTheStartEndsAndSaysWhatToAdd() throws IOException {
        runner.withPropertyValues(on)
                .withClassLoader(new FilteredClassLoader("io.netty.channel.epoll"))
                .run(context ->
                        assertThat(context.getStartupFailure()).hasStackTraceContaining("RelayUnavailableException"));
        assertThat(Files.readString(Path.of("..", "pom.xml")))
                .contains("<netty.version>" + RelayFailureAnalyzer.NETTY_VERSION + "</netty.version>");
    }

    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, <classifier>linux-x86_64</classifier>",
        "Linux, aarch64, <classifier>linux-aarch_64</classifier>",
        "Linux, riscv64, x86_64 and aarch64 only",
        "Mac OS X, aarch64, remora.relay.enabled=false here",
        "Windows 11, amd64, remora.relay.enabled=false here",
    })
    void theActionFitsThePlatform(String os, String architecture, String action) {
        RelayUnavailableException problem = new RelayUnavailableException("is not on the class path", null);
        assertThat(new RelayFailureAnalyzer(os, architecture)
                        .analyze(problem, problem)
                        .getAction())
                .contains(action);
    }

    private boolean isFree() {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Dials as a pool of connections does. */
    static final class Client implements AutoCloseable {

        static String lastEnd = "";

        private final Environment environment;

        Client(Environment environment) throws IOException {
            this.environment = environment;
            dial();
        }

        @Override
        public void close() throws IOException {
            lastEnd = "";
            dial();
            lastEnd = "dialled";
        }

        private void dial() throws IOException {
            int port = environment.getRequiredProperty("remora.capture-port", Integer.class);
            new Socket(InetAddress.getLoopbackAddress(), port).close();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static final class Clients {

        @Bean
        Client client(Environment environment) throws IOException {
            return new Client(environment);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static final class Filters {

        @Bean
        Filter dialling(Environment environment) throws IOException {
            try (Client client = new Client(environment)) {
                assertThat(client).isNotNull();
            }
            return (request, response, chain) -> chain.doFilter(request, response);
        }
    }
}
