package io.remora.netfilter;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {

    @ParameterizedTest
    @CsvSource({
        "10.96.0.1, 10.96.0.1",
        "255.255.255.255, 255.255.255.255",
        "0.0.0.0, 0.0.0.0",
        "::, ::",
        "::1, ::1",
        "fd00:10:96:0:0:0:0:A, fd00:10:96::a",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "fd00::, fd00::",
    })
    void textIsRfc5952(String text, String canonical) throws UnknownHostException {
        Address address = Address.parse(text);
        assertThat(address).hasToString(canonical);
        if (address != null) {
            assertThat(address.toInetAddress()).isEqualTo(InetAddress.getByName(text));
            assertThat(Address.of(address.toInetAddress())).isEqualTo(address);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10.96.0",
                "10.96.0.256",
                "10.96.0.01",
                "10.96.0.1.2",
                "localhost",
                "::g",
                "1::2::3",
                "::ffff:10.0.0.1",
                "fe80::1%eth0",
                "+1.2.3.4",
                "1.2.3.-4",
                "a:b"
            })
    void textThatIsNoLiteralIsRefusedWithoutLookingItUp(String text) {
        assertThat(Address.parse(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.255, 10.0.1.0", "fd00::ffff:ffff:ffff:ffff, fd00:0:0:1::"})
    void nextCarriesOver(String text, String next) {
        Address address = Address.parse(text);
        assertThat(address == null ? null : address.next()).hasToString(next);
    }

    @ParameterizedTest
    @ValueSource(strings = {"255.255.255.255", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"})
    void nothingComesAfterTheLast(String text) {
        Address address = Address.parse(text);
        assertThat(address).isNotNull();
        assertThat(address == null ? null : address.next()).isNull();
    }
}
