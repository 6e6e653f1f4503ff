package io.remora.samples.caller;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * Main class. The first argument is what to be, one or more with commas; all others are properties of Spring Boot.
 *
 * <pre>
 * web | webflux | grpc  [--serve.name=NAME] [--serve.sick-file=PATH] [--serve.hang-file=PATH] [--server.port=N]
 *                       [--spring.grpc.server.port=N]
 * call --call.client=rest|web|grpc --call.target=TARGET [--call.rate=N] [--call.threads=N] [--call.seconds=N]
 *                       [--call.warm-up=N] [--call.timeout=TIME] [--call.bytes=N] [--call.samples=PATH]
 * </pre>
 */
public final class Caller {

    private enum Role {
        WEB(WebServer.class, WebApplicationType.SERVLET),
        WEBFLUX(WebfluxServer.class, WebApplicationType.REACTIVE),
        GRPC(GrpcServer.class, WebApplicationType.NONE),
        CALL(Calls.class, WebApplicationType.NONE);

        private final Class<?> configuration;
        private final WebApplicationType type;

        Role(Class<?> configuration, WebApplicationType type) {
            this.configuration = configuration;
            this.type = type;
        }

        static Role of(String text) {
            return Arrays.stream(values())
                    .filter(role -> role.name().toLowerCase(Locale.ROOT).equals(text))
                    .findFirst()
                    .orElseThrow(
                            () -> new IllegalArgumentException("\"" + text + "\" is none of web, webflux, grpc, call"));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    private Caller() {}

    public static void main(String[] arguments) {
        List<Role> roles = Arrays.stream((arguments.length == 0 ? "" : arguments[0]).split(",", -1))
                .map(Role::of)
                .toList();
        ConfigurableApplicationContext context =
                application(roles).run(Arrays.copyOfRange(arguments, 1, arguments.length));
        if (roles.contains(Role.CALL)) {
            context.close();
        } else {
            System.out.println("serving");
        }
    }

    private static SpringApplication application(List<Role> roles) {
        List<Class<?>> sources = new ArrayList<>(List.of(Application.class));
        roles.forEach(role -> sources.add(role.configuration));
        SpringApplication application = new SpringApplication(sources.toArray(Class<?>[]::new));
        application.setWebApplicationType(roles.stream()
                .map(role -> role.type)
                .filter(type -> type != WebApplicationType.NONE)
                .findFirst()
                .orElse(WebApplicationType.NONE));
        application.setDefaultProperties(Map.of(
                "spring.main.banner-mode",
                "off",
                // It would ask for this host's name, which no server knows, and wait for it.
                "spring.main.log-startup-info",
                "false",
                "spring.grpc.server.enabled",
                roles.contains(Role.GRPC)));
        return application;
    }
}
