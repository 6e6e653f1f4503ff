package io.remora.spring.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.discovery.Protocol;
import io.remora.discovery.ServicePort;
import io.remora.registry.RegistryConfig;
import io.remora.registry.RegistrySnapshot;
import io.remora.registry.ServiceEntry;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PortChoiceTest {

    private static final ServicePort ADMIN = ServicePort.tcp("admin", 9000);
    private static final ServicePort HTTP = ServicePort.tcp("http", 8080);
    private static final ServicePort HTTPS = ServicePort.tcp("https", 9443);

    @Test
    void thePortOfTheUrlIsMeantIfTheServiceHasIt() {
        assertThat(chosen("http://catalog:9000/", HTTP, ADMIN)).isEqualTo(ADMIN);
        assertThat(chosen("http://catalog:1/", ADMIN, HTTP)).isEqualTo(HTTP);
    }

    @Test
    void theOnlyPortIsMeant() {
        assertThat(chosen(null, ADMIN)).isEqualTo(ADMIN);
        assertThat(chosen("https://catalog/", ADMIN)).isEqualTo(ADMIN);
    }

    @Test
    void theSchemeTellsOfSeveral() {
        assertThat(chosen("http://catalog/", ADMIN, HTTPS, HTTP)).isEqualTo(HTTP);
        assertThat(chosen("https://catalog/", ADMIN, HTTP, HTTPS)).isEqualTo(HTTPS);
        assertThat(chosen(null, ADMIN, HTTPS, HTTP)).isEqualTo(HTTP);
        assertThat(chosen("http://catalog/", HTTPS, ADMIN, ServicePort.tcp("b", 1)))
                .isEqualTo(ADMIN);
    }

    @Test
    void tlsIsWhatIsCalledSo() {
        assertThat(choice(null, HTTP).secure()).isFalse();
        assertThat(choice(null, HTTPS).secure()).isTrue();
        assertThat(choice(null, ServicePort.tcp("", 443)).secure()).isTrue();
        assertThat(choice(null, ServicePort.tcp("web", 8443)).secure()).isTrue();
        assertThat(choice(null, new ServicePort("web", 1, Protocol.TCP, "https", 0))
                        .secure())
                .isTrue();
    }

    private static ServicePort chosen(@Nullable String url, ServicePort... ports) {
        return choice(url, ports).port();
    }

    private static PortChoice choice(@Nullable String url, ServicePort... ports) {
        RegistrySnapshot snapshot =
                RegistrySnapshot.of(RegistryConfig.DEFAULT, List.of(Shop.service(Shop.CATALOG, List.of(), ports)));
        ServiceEntry entry = Objects.requireNonNull(snapshot.service(Shop.CATALOG));
        return Objects.requireNonNull(PortChoice.of(entry, url == null ? null : URI.create(url)));
    }
}
