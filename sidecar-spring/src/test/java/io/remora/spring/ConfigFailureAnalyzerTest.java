package io.remora.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

@ExtendWith(OutputCaptureExtension.class)
class ConfigFailureAnalyzerTest {

    @Test
    void everyProblemIsShownWithTheLineThatGaveIt() {
        Environment environment = Environments.ofYaml("""
                remora:
                  policy: fastest
                  hold: soon # how long is that?
                  services:
                    "[catalog.shop]":
                      endpoints: [localhost]
                  kubernetes:
                    namespaces:
                    - Not_A_Name
                """);
        Throwable failure = catchThrowable(() -> SettingsLoader.load(environment, Map.of()));

        FailureAnalysis analysis = new ConfigFailureAnalyzer(environment).analyze(new IllegalStateException(failure));

        assertThat(Objects.requireNonNull(analysis).getDescription())
                .contains("    remora.policy=fastest: not valid; give one of ")
                .contains("given by remora.policy: Byte array resource [application.yml] - 2:11")
                .contains("given by remora.hold: Byte array resource [application.yml] - 3:9")
                .contains(
                        "given by remora.services[catalog.shop].endpoints: Byte array resource [application.yml] - 6:19")
                .contains("given by remora.kubernetes.namespaces: Byte array resource [application.yml] - 9:7");
        assertThat(analysis.getAction()).contains("remora.enabled=false");
    }

    @Test
    void anApplicationThatFailsShowsIt(CapturedOutput output) {
        SpringApplication application = new SpringApplication(App.class);
        application.setWebApplicationType(WebApplicationType.NONE);

        Throwable failure = catchThrowable(() -> application.run("--remora.enabled=true", "--remora.policy=fastest"));

        assertThat(failure).isNotNull();
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("remora.policy=fastest: not valid; give one of")
                .contains("given by remora.policy: \"remora.policy\" from property source \"commandLineArgs\"");
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(RemoraAutoConfiguration.class)
    static class App {}
}
