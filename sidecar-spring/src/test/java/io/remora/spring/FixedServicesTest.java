package io.remora.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServicePort;
import io.remora.discovery.ServiceSnapshot;
import io.remora.registry.Destination;
import io.remora.registry.RegistryConfig;
import io.remora.registry.RegistrySnapshot;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.Environment;

class FixedServicesTest {

    private static final Map<String, List<String>> HOSTS = Map.of(
            "localhost", List.of("::1", "127.0.0.1"),
            "six", List.of("fd00::6"),
            "scaled", List.of("172.18.0.4", "172.18.0.3"));

    private final List<String> problems = new ArrayList<>();

    @Test
    void aServiceWithOnePort() {
        List<ServiceSnapshot> services = read(Environments.ofProperties(
                Map.of("remora.services.catalog.endpoints", "localhost:9002, localhost:9001")));

        assertThat(problems).isEmpty();
        assertThat(services).singleElement().satisfies(service -> {
            assertThat(service.id()).hasToString("home/catalog");
            assertThat(service.spec().ports()).containsExactly(ServicePort.tcp("", 80));
            assertThat(eligible(service)).containsExactly("home/catalog 127.0.0.1:9001", "home/catalog 127.0.0.1:9002");
        });
    }

    @Test
    void itsPortMayHaveANumberAndAName() {
        List<ServiceSnapshot> services = read(Environments.ofYaml("""
                remora.services.catalog:
                  port: 8080
                  port-name: http
                  endpoints:
                    - scaled:9001
                """));

        assertThat(problems).isEmpty();
        assertThat(services).singleElement().satisfies(service -> {
            assertThat(service.spec().ports()).containsExactly(ServicePort.tcp("http", 8080));
            assertThat(eligible(service))
                    .as("every address of a host")
                    .containsExactly("home/catalog:http 172.18.0.3:9001", "home/catalog:http 172.18.0.4:9001");
        });
    }

    @Test
    void aServiceWithSeveralPortsAndBothFamilies() {
        List<ServiceSnapshot> services = read(Environments.ofYaml("""
                remora.services:
                  catalog:
                    ports:
                      grpc:
                        port: 9090
                        endpoints: six:9001
                      http:
                        port: 80
                        endpoints: localhost:8080,[::1]:8081
                """));

        assertThat(problems).isEmpty();
        assertThat(services).singleElement().satisfies(service -> {
            assertThat(service.spec().clusterIps()).extracting(Object::toString).containsExactly("240.0.0.1", "100::1");
            assertThat(eligible(service))
                    .containsExactlyInAnyOrder(
                            "home/catalog:grpc/IPv6 [fd00::6]:9001",
                            "home/catalog:http 127.0.0.1:8080",
                            "home/catalog:http/IPv6 [::1]:8081");
        });
    }

    @Test
    void aKeyMayNameTheNamespaceWithOrWithoutBrackets() {
        List<ServiceSnapshot> services = read(Environments.ofProperties(Map.of(
                "remora.services.catalog.shop.endpoints", "localhost:1",
                "remora.services[stock.shop].endpoints", "localhost:2",
                "remora.services.my-web.endpoints", "localhost:3",
                "remora.services.port.ports.endpoints.port", "80",
                "remora.services.port.ports.endpoints.endpoints[0]", "localhost:4")));

        assertThat(problems).isEmpty();
        assertThat(services)
                .extracting(service -> service.id().toString())
                .containsExactly("home/my-web", "home/port", "shop/catalog", "shop/stock");
        assertThat(services)
                .extracting(service -> service.spec().clusterIps().toString())
                .as("each has an address of its own")
                .doesNotHaveDuplicates();
        assertThat(eligible(services.get(1))).containsExactly("home/port:endpoints 127.0.0.1:4");
    }

    @Test
    void variablesOfTheEnvironmentWillDoForPlainNames() {
        List<ServiceSnapshot> services = read(Environments.ofVariables(Map.of(
                "REMORA_SERVICES_CATALOG_ENDPOINTS", "scaled:80",
                // Of a Service remora-services-web, as Kubernetes makes them.
                "REMORA_SERVICES_WEB_SERVICE_HOST", "10.96.0.9",
                "REMORA_SERVICES_WEB_PORT", "tcp://10.96.0.9:80")));

        assertThat(problems).isEmpty();
        assertThat(services).extracting(service -> service.id().toString()).containsExactly("home/catalog");
    }

    @Test
    void aServiceMayHaveNoEndpoint() {
        List<ServiceSnapshot> services =
                read(Environments.ofProperties(Map.of("remora.services.catalog.endpoints", "")));

        assertThat(problems).isEmpty();
        assertThat(services).singleElement().satisfies(service -> {
            assertThat(eligible(service)).isEmpty();
            assertThat(RegistrySnapshot.of(RegistryConfig.DEFAULT, List.of(service))
                            .service(service.id()))
                    .satisfies(entry -> assertThat(Objects.requireNonNull(entry).destinations())
                            .hasSize(1));
        });
    }

    @Test
    void whatIsWrongIsSaidWithTheNameOfTheProperty() {
        assertProblem(
                "remora.services.catalog.endpoint",
                "localhost:1",
                "remora.services.catalog.endpoint is no setting of a Service; did you mean "
                        + "remora.services.catalog.endpoints?");
        assertProblem(
                "remora.services.catalog",
                "localhost:1",
                "remora.services.catalog is no setting of a Service; give remora.services.NAME.endpoints, .port or "
                        + ".port-name, or remora.services.NAME.ports.PORTNAME.endpoints and .port");
        assertProblem(
                "remora.services.catalog.port",
                "80",
                "remora.services.catalog.endpoints is not given; give HOST:PORT of each endpoint, with commas between them");
        assertProblem(
                "remora.services.catalog.endpoints",
                "localhost",
                "remora.services.catalog.endpoints=localhost: not valid; give HOST:PORT, for example localhost:9001 or "
                        + "[::1]:9001");
        assertProblem(
                "remora.services.catalog.endpoints",
                "nowhere:80",
                "remora.services.catalog.endpoints=nowhere:80: host nowhere is not known; give one that is when the "
                        + "application starts, or an address");
        assertProblem(
                "remora.services.catalog.ports.grpc.endpoints",
                "localhost:80",
                "remora.services.catalog.ports.grpc.port is not given; give the number of the port that clients of the "
                        + "Service dial");
        assertProblem(
                "remora.services[Cata_log].endpoints",
                "localhost:80",
                "remora.services[Cata_log]: 'Cata_log' is not the name of a Service; give NAME, or NAME.NAMESPACE, in "
                        + "lower-case letters, digits and -");
    }

    @Test
    void twoWaysToSayOneThingAreOneTooMany() {
        read(Environments.ofProperties(Map.of(
                "remora.services.catalog.endpoints", "localhost:1",
                "remora.services.catalog.ports.http.port", "80",
                "remora.services.catalog.ports.http.endpoints", "localhost:1",
                "remora.services.stock.endpoints", "localhost:1",
                "remora.services.stock.home.endpoints", "localhost:1",
                "remora.services.web.ports.a.port", "80",
                "remora.services.web.ports.a.endpoints", "localhost:1",
                "remora.services.web.ports.b.port", "80",
                "remora.services.web.ports.b.endpoints", "localhost:1")));

        assertThat(problems)
                .containsExactlyInAnyOrder(
                        "remora.services.catalog has a port of its own and remora.services.catalog.ports; leave one of "
                                + "them out",
                        "remora.services.stock.home: Service home/stock is given twice; give it once",
                        "remora.services.web has port 80 twice; give each port a number of its own");
    }

    private void assertProblem(String name, String value, String problem) {
        problems.clear();
        read(Environments.ofProperties(Map.of(name, value)));

        assertThat(problems).containsExactly(problem);
    }

    private List<ServiceSnapshot> read(Environment environment) {
        return new FixedServices(new EnvironmentValues(environment), FixedServicesTest::resolve, problems).read("home");
    }

    private static List<String> eligible(ServiceSnapshot service) {
        List<String> all = new ArrayList<>();
        RegistrySnapshot registry = RegistrySnapshot.of(RegistryConfig.DEFAULT, List.of(service));
        for (Destination destination :
                Objects.requireNonNull(registry.service(service.id())).destinations()) {
            for (Endpoint endpoint : destination.eligible()) {
                all.add(destination + " " + endpoint);
            }
        }
        return all;
    }

    private static InetAddress[] resolve(String host) throws UnknownHostException {
        List<String> found = HOSTS.get(host);
        if (found == null) {
            throw new UnknownHostException(host);
        }
        return found.stream().map(text -> IpAddress.parse(text).toInetAddress()).toArray(InetAddress[]::new);
    }
}
