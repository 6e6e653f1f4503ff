package io.remora.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.config.Setting;
import io.remora.config.Settings;
import io.remora.embedded.EmbeddedRelay;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.boot.json.JsonWriter;

/** Keeps what editors and readers are told of the settings as the table of settings has it. */
class SettingsMetadataTest {

    private static final String UPDATE = "remora.docs.update";
    private static final Path METADATA =
            Path.of("src", "main", "resources", "META-INF", "additional-spring-configuration-metadata.json");
    private static final Path PAGE = Path.of("..", "docs", "spring-settings.md");
    private static final String STRING = "java.lang.String";

    private static final Map<String, String> TYPES = Map.of(
            "number", "java.lang.Integer",
            "percent", "java.lang.Integer",
            "duration", "java.time.Duration",
            "names", "java.util.List<java.lang.String>",
            "services", "java.util.List<java.lang.String>",
            "url", "java.net.URI",
            "path", "java.nio.file.Path",
            "switch", STRING);

    /** What only the starter has: its name, type, default and description. */
    private static final List<Property> OWN = List.of(
            new Property(
                    "remora.enabled",
                    "java.lang.Boolean",
                    "",
                    "Whether Remora is active; if not set, it is on Kubernetes, and where remora.services has Services"),
            new Property(
                    "remora.namespace",
                    STRING,
                    "",
                    "The application's own namespace, in which names without one are looked for; if not set, that of the "
                            + "pod's service account, or of the kubeconfig's context"),
            new Property(
                    "remora.cluster-domain",
                    STRING,
                    "",
                    "The last part of a Service's full name; if not set, what the search list of /etc/resolv.conf says, or "
                            + "else cluster.local"),
            new Property(
                    "remora.services",
                    "java.util.Map<java.lang.String,java.lang.Object>",
                    "",
                    "Services with fixed endpoints instead of a cluster's, by NAME or NAME.NAMESPACE: endpoints, port and "
                            + "port-name, or ports.PORTNAME.endpoints and ports.PORTNAME.port"),
            new Property(
                    "remora.http.enabled",
                    "java.lang.Boolean",
                    "true",
                    "Whether the HTTP clients that Spring Boot makes (RestClient, RestTemplate, WebClient, HTTP service "
                            + "clients) send requests to known Services to an endpoint"),
            new Property(
                    "remora.grpc.enabled",
                    "java.lang.Boolean",
                    "true",
                    "Whether channels of Spring gRPC with a target k8s:///SERVICE:PORT use the application's own Remora"),
            new Property(
                    "remora.cloud.enabled",
                    "java.lang.Boolean",
                    "true",
                    "Whether Spring Cloud LoadBalancer chooses by Remora, and Spring Cloud's discovery clients list what it "
                            + "knows"),
            new Property(
                    SettingsLoader.RELAY,
                    "java.lang.Boolean",
                    "false",
                    "Whether the application also relays the connections that the init step's rules hand over, so that "
                            + "clients are balanced which know nothing of Remora; needs Linux, Netty's native epoll "
                            + "transport and the init container"));

    private static final String HEAD = """
            # Settings of the Spring Boot starter

            Properties of the application, from whichever source Spring Boot has them. They are checked at the start, and
            everything that is wrong is reported at once. A name that begins with `remora.` and is none of these is warned
            about. `docs/settings.md` says how values are written, and which of them a Service may have for itself by an
            annotation. Where it says connection, read request. From `remora.capture-port` on they are those of the
            [relay](spring.md#the-relay-inside-the-application) and have a meaning with `remora.relay.enabled=true` only.

            | property | default | |
            |---|---|---|
            """;

    private record Property(String name, String type, String defaultText, String description) {}

    @Test
    void editorsAreToldWhatTheTableSays() throws IOException {
        check(METADATA, metadata());
    }

    @Test
    void thePageIsWhatTheTableSays() throws IOException {
        StringBuilder text = new StringBuilder(HEAD);
        for (Property property : properties()) {
            String given = property.defaultText();
            text.append("| `%s` | %s | %s. |%n"
                    .formatted(property.name(), given.isEmpty() ? "" : "`" + given + "`", property.description()));
        }
        check(PAGE, text.toString());
    }

    @Test
    void theMetadataReachesTheJar() throws IOException {
        try (InputStream file = Objects.requireNonNull(
                RemoraAutoConfiguration.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json"))) {
            Map<String, Object> read =
                    JsonParserFactory.getJsonParser().parseMap(new String(file.readAllBytes(), StandardCharsets.UTF_8));
            List<String> names = ((List<?>) Objects.requireNonNull(read.get("properties")))
                    .stream()
                            .map(property -> String.valueOf(((Map<?, ?>) property).get("name")))
                            .toList();
            assertThat(names)
                    .containsAll(properties().stream().map(Property::name).toList());
        }
    }

    @Test
    void noneOfThemIsTakenForAMisspeltName() {
        assertThat(properties()).allSatisfy(property -> {
            String name =
                    property.name().equals(FixedServices.PREFIX) ? property.name() + ".catalog.port" : property.name();
            assertThat(UnknownNames.warnings(
                            new EnvironmentValues(Environments.ofProperties(Map.of(name, "1"))), settings()))
                    .isEmpty();
        });
    }

    private static List<Property> properties() {
        List<Property> all = new ArrayList<>(OWN);
        for (Setting<?> setting : settings()) {
            all.add(
                    setting.property().equals("remora.kubernetes.namespaces")
                            ? new Property(
                                    setting.property(),
                                    type(setting),
                                    "",
                                    "Namespaces to watch in scope all; the application's own one if not set, all of them "
                                            + "if it is *")
                            : setting.property().equals("remora.proxy-dscp")
                                    ? new Property(
                                            setting.property(),
                                            type(setting),
                                            Integer.toString(EmbeddedRelay.DEFAULT_DSCP),
                                            "Type of service (DSCP) by which the init step's rules know the relay's own "
                                                    + "connections, 1 to 63. The init step must have the same")
                                    : new Property(
                                            setting.property(),
                                            type(setting),
                                            setting.defaultText(),
                                            setting.description()));
        }
        return all;
    }

    private static List<Setting<?>> settings() {
        return Stream.concat(Settings.ofApplications().stream(), Settings.ofRelay().stream())
                .toList();
    }

    private static String type(Setting<?> setting) {
        return choices(setting) != null
                ? STRING
                : TYPES.getOrDefault(setting.type().label(), STRING);
    }

    private static @Nullable List<String> choices(Setting<?> setting) {
        String fix = setting.type().fix();
        return fix.startsWith("one of ")
                ? List.of(fix.substring("one of ".length()).split(", ", -1))
                : null;
    }

    private static String metadata() {
        String properties = SettingsMetadataTest.properties().stream()
                .map(SettingsMetadataTest::json)
                .collect(Collectors.joining(",\n"));
        String hints = settings().stream()
                .filter(setting -> choices(setting) != null)
                .map(SettingsMetadataTest::hint)
                .collect(Collectors.joining(",\n"));
        return "{\n  \"properties\": [\n" + properties + "\n  ],\n  \"hints\": [\n" + hints + "\n  ]\n}\n";
    }

    private static String json(Property property) {
        List<String> lines = new ArrayList<>();
        lines.add("      \"name\": " + quote(property.name()));
        lines.add("      \"type\": " + quote(property.type()));
        lines.add("      \"description\": " + quote(property.description() + "."));
        if (!property.defaultText().isEmpty()) {
            lines.add("      \"defaultValue\": " + defaultValue(property));
        }
        return "    {\n" + String.join(",\n", lines) + "\n    }";
    }

    private static String defaultValue(Property property) {
        String text = property.defaultText();
        return property.type().equals("java.lang.Integer") ? text : quote(text);
    }

    private static String hint(Setting<?> setting) {
        return "    {\n      \"name\": " + quote(setting.property()) + ",\n      \"values\": ["
                + Objects.requireNonNull(choices(setting)).stream()
                        .map(value -> "{\"value\": " + quote(value) + "}")
                        .collect(Collectors.joining(", "))
                + "]\n    }";
    }

    private static String quote(String text) {
        return JsonWriter.standard().writeToString(text);
    }

    private static void check(Path file, String content) throws IOException {
        if (Boolean.getBoolean(UPDATE)) {
            Files.writeString(file, content);
        }
        assertThat(file)
                .as("run the test with -D" + UPDATE + "=true to write it")
                .hasContent(content);
    }
}
