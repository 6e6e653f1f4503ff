package io.remora.netfilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CidrTest {

    @ParameterizedTest
    @CsvSource({
        "10.96.0.0/16, 10.96.0.0/16, 10.96.255.255",
        "10.96.0.10, 10.96.0.10/32, 10.96.0.10",
        "0.0.0.0/0, 0.0.0.0/0, 255.255.255.255",
        "fd00:10:96::/112, fd00:10:96::/112, fd00:10:96::ffff",
        "fd00::/64, fd00::/64, fd00::ffff:ffff:ffff:ffff",
        "fd00::/32, fd00::/32, fd00:0:ffff:ffff:ffff:ffff:ffff:ffff",
        "::/0, ::/0, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "fd00::1, fd00::1/128, fd00::1",
    })
    void readsAndKnowsItsLastAddress(String text, String canonical, String last) {
        assertThat(Cidr.parse(text)).hasToString(canonical);
        assertThat(Cidr.parse(text).last()).hasToString(last);
        assertThat(Cidr.parse(text).contains(Cidr.parse(text).last())).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "10.96.0.0/33, the prefix after the slash must be 0-32",
        "fd00::/129, the prefix after the slash must be 0-128",
        "10.96.0.0/, the prefix after the slash must be 0-32",
        "10.96.0.0/+8, the prefix after the slash must be 0-32",
        "10.96.0.1/16, did you mean 10.96.0.0/16?",
        "fd00::1/112, did you mean fd00::/112?",
        "services, is no CIDR; expected one like 10.96.0.0/16",
    })
    void saysWhatIsWrong(String text, String message) {
        assertThatThrownBy(() -> Cidr.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void containsOnlyItsOwnFamilyAndBlock() {
        Cidr cidr = Cidr.parse("10.96.0.0/16");
        assertThat(cidr.contains(address("10.97.0.0"))).isFalse();
        assertThat(cidr.contains(address("::"))).isFalse();
        assertThat(cidr.overlaps(Cidr.parse("10.0.0.0/8"))).isTrue();
        assertThat(Cidr.parse("10.0.0.0/8").overlaps(cidr)).isTrue();
        assertThat(cidr.overlaps(Cidr.parse("10.97.0.0/16"))).isFalse();
    }

    @Test
    void firstAddressOutsideOthersSkipsThemInAnyOrder() {
        Cidr cidr = Cidr.parse("10.96.0.0/24");
        assertThat(cidr.firstOutside(List.of())).hasToString("10.96.0.0");
        assertThat(cidr.firstOutside(List.of(Cidr.parse("10.96.0.16/28"), Cidr.parse("10.96.0.0/28"))))
                .hasToString("10.96.0.32");
        assertThat(cidr.firstOutside(List.of(Cidr.parse("10.96.0.128/25"), Cidr.parse("10.96.0.0/25"))))
                .isNull();
        assertThat(cidr.firstOutside(List.of(Cidr.parse("10.0.0.0/8")))).isNull();
    }

    private static Address address(String text) {
        return Objects.requireNonNull(Address.parse(text));
    }
}
