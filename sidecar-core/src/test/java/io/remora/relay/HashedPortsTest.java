package io.remora.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.discovery.IpAddress;
import io.remora.discovery.IpFamily;
import io.remora.discovery.TransportAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HashedPortsTest {

    private static final HashedPorts PORTS = HashedPorts.of(RefusalConfig.DEFAULT);

    /** Where a Linux 6.18 kernel let connections arrive. */
    @ParameterizedTest
    @CsvSource({
        "10.96.0.10, 53, 61216",
        "10.96.0.10, 80, 61065",
        "10.100.200.7, 443, 61506",
        "10.111.255.254, 65535, 61243",
        "10.96.0.0, 1, 61821",
        "fd00:10:96::a, 53, 61648",
        "fd00:10:96::a, 80, 61091",
        "fd00:10:96::dead, 443, 61484",
        "fd00:10:96::f:ffff, 65535, 61421"
    })
    void theHashIsTheKernels(String ip, int port, int landed) {
        int bucket = PORTS.bucket(TransportAddress.tcp(IpAddress.parse(ip), port));
        assertThat(PORTS.port(bucket)).isEqualTo(landed);
        assertThat(PORTS.family(bucket)).isEqualTo(ip.contains(":") ? IpFamily.IPV6 : IpFamily.IPV4);
    }
}
