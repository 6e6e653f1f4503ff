package io.remora.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrpcTargetTest {

    @Test
    void readsNamesAndNumbersOfPorts() {
        assertThat(parse("k8s:///catalog")).isEqualTo(new GrpcTarget("catalog", null, 0, true));
        assertThat(parse("k8s:///catalog:grpc")).isEqualTo(new GrpcTarget("catalog", "grpc", 0, true));
        assertThat(parse("kubernetes:///catalog.shop:8080"))
                .isEqualTo(new GrpcTarget("catalog.shop", null, 8080, true));
        assertThat(parse("k8s:///catalog:grpc?service-config=none"))
                .isEqualTo(new GrpcTarget("catalog", "grpc", 0, false));
    }

    @Test
    void theAuthorityIsWhatTheUserWrote() {
        assertThat(parse("k8s:///catalog:grpc").authority()).isEqualTo("catalog");
        assertThat(parse("k8s:///catalog.shop:8080").authority()).isEqualTo("catalog.shop:8080");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "k8s://catalog | write three slashes, since there is no server to ask: k8s:///catalog",
                "k8s:catalog | write it like k8s:///catalog",
                "k8s:/// | write it like k8s:///catalog",
                "k8s:///catalog/grpc | write it like",
                "k8s:///:8080 | the name of the Service is missing",
                "k8s:///catalog: | the name or the number of one of the Service's ports",
                "k8s:///catalog:0 | a port is 1-65535",
                "k8s:///catalog:65536 | a port is 1-65535",
                "k8s:///catalog:12345678901 | a port is 1-65535",
                "k8s:///catalog?retry=no | only service-config=none is possible",
            })
    void saysWhatIsWrong(String target, String fix) {
        assertThatThrownBy(() -> parse(target))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the gRPC target " + target + " is wrong")
                .hasMessageContaining(fix);
    }

    private static GrpcTarget parse(String target) {
        return GrpcTarget.parse(URI.create(target));
    }
}
