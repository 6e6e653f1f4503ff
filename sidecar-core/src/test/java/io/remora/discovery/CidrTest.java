package io.remora.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {

    @ParameterizedTest
    @CsvSource({
        "10.96.0.0/12, 10.111.255.255, true",
        "10.96.0.0/12, 10.112.0.0, false",
        "10.96.0.0/12, 10.95.255.255, false",
        "0.0.0.0/0, 255.255.255.255, true",
        "0.0.0.0/0, ::1, false",
        "192.0.2.7/32, 192.0.2.7, true",
        "192.0.2.7/32, 192.0.2.6, false",
        "128.0.0.0/1, 200.0.0.1, true",
        "128.0.0.0/1, 127.0.0.1, false",
        "fd00:96::/108, fd00:96::f:ffff, true",
        "fd00:96::/108, fd00:96::10:0, false",
        "fd00::/8, fdff::1, true",
        "fd00:1:2:3::/64, fd00:1:2:3:ffff::, true",
        "fd00:1:2:3::/64, fd00:1:2:4::, false",
        "::/0, fe80::1, true",
        "2001:db8::1/128, 2001:db8::1, true",
        "2001:db8::1/128, 2001:db8::2, false"
    })
    void itHoldsWhatHasItsPrefix(String cidr, String ip, boolean inside) {
        assertThat(Cidr.tryParse(cidr).orElseThrow().contains(IpAddress.parse(ip)))
                .isEqualTo(inside);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.0",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0/8",
                "::/129",
                "/8",
                "10.0.0.0/-1",
                "x/8",
                "1.2.3.4/8/9"
            })
    void whatIsNoRangeIsNotRead(String text) {
        assertThat(Cidr.tryParse(text)).isEmpty();
    }

    @Test
    void bitsBehindThePrefixMeanNothing() {
        assertThat(Cidr.tryParse("10.1.2.3/8"))
                .contains(new Cidr(IpAddress.parse("10.0.0.0"), 8))
                .get()
                .hasToString("10.0.0.0/8");
    }
}
