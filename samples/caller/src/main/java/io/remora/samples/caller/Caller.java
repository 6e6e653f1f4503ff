package io.remora.samples.caller;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * Main class. The first argument is what to be, all others are properties of Spring Boot.
 *
 * <pre>
 * web | webflux | grpc [--serve.name=NAME] [--serve.sick-file=PATH] [--serve.hang-file=PATH] [--server.port=N] [--spring.grpc.server.port=N]
 * call --call.client=rest|web|grpc --call.target=TARGET [--call.rate=N] [--call.threads=N] [--call.seconds=N] [--call.samples=PATH]
 * </pre>
 */
public final class Caller {

    /** What the process is. */
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
            for (Role role : values()) {
                if (role.name().toLowerCase(Locale.ROOT).equals(text)) {
                    return role;
                }
            }
            throw new IllegalArgumentException("\"" + text + "\" is none of web, webflux, grpc, call");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    private Caller() {}

    public static void main(String[] arguments) {
        Role role = Role.of(arguments.length == 0 ? "" : arguments[0]);
        SpringApplication application = new SpringApplication(Application.class, role.configuration);
        application.setWebApplicationType(role.type);
        application.setDefaultProperties(Map.of(
                "spring.main.banner-mode",
                "off",
                // A name that no server knows would delay the start: nobody asks for this host's.
                "spring.main.log-startup-info",
                "false",
                "spring.grpc.server.enabled",
                role == Role.GRPC,
                "spring.jmx.enabled",
                "false"));
        ConfigurableApplicationContext context = application.run(Arrays.copyOfRange(arguments, 1, arguments.length));
        if (role == Role.CALL) {
            context.close();
        } else {
            System.out.println("serving");
        }
    }
}
