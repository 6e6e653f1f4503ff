package io.remora.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {

    @ParameterizedTest
    @CsvSource({
        "10.96.0.10, 10.96.0.10",
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255",
        "::, ::",
        "::1, ::1",
        "FD00:96:0:0::A, fd00:96::a",
        "2001:db8:0:1:0:0:0:1, 2001:db8:0:1::1",
        "2001:0:0:1:0:0:1:1, 2001::1:0:0:1:1",
        "1:0:2:0:3:0:4:0, 1:0:2:0:3:0:4:0",
        "fe80::, fe80::",
        "::ffff:10.0.0.1, 10.0.0.1",
        "::ffff:a00:1, 10.0.0.1",
        "1:2:3:4:5:6:7:8, 1:2:3:4:5:6:7:8",
        "0:0:3:4:5:6:7:8, ::3:4:5:6:7:8",
        "64:ff9b::10.0.0.1, 64:ff9b::a00:1",
    })
    void readsEveryFormAndWritesTheCanonicalOne(String text, String canonical) {
        assertThat(IpAddress.parse(text)).hasToString(canonical);
        assertThat(IpAddress.parse(canonical)).isEqualTo(IpAddress.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "10", "10.0.0", "10.0.0.0.1", "10.0.0.256", "10.0.0.01", "10..0.1", ".10.0.0.1", "10.0.0.1.",
                        "a.b.c.d",
                "localhost", "10.0.0.1/8", " 10.0.0.1", "1::2::3", "1:2:3:4:5:6:7", "12345::", "::1%lo", "[::1]", ":",
                        "1.2.3.4:80"
            })
    void refusesWhatIsNoAddressAndAsksNoNameServer(String text) {
        assertThat(IpAddress.tryParse(text)).isEmpty();
        assertThatThrownBy(() -> IpAddress.parse(text)).hasMessageContaining("'" + text + "'");
    }

    @Test
    void agreesWithTheJdkOnRandomAddresses() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(bytes);
            for (int zero = random.nextInt(bytes.length); zero > 0; zero--) {
                bytes[random.nextInt(bytes.length)] = 0; // zero runs are where the text form is hard
            }
            InetAddress expected = InetAddress.getByAddress(bytes);
            IpAddress address = IpAddress.ofBytes(bytes);

            assertThat(address.toInetAddress()).isEqualTo(expected);
            assertThat(IpAddress.of(expected)).isEqualTo(address);
            assertThat(IpAddress.parse(address.toString())).isEqualTo(address);
            assertThat(IpAddress.parse(expected.getHostAddress())).isEqualTo(address);
        }
    }

    @Test
    void sortsByFamilyThenNumber() {
        List<IpAddress> sorted = List.of(
                IpAddress.parse("9.0.0.0"),
                IpAddress.parse("10.0.0.2"),
                IpAddress.parse("10.0.0.10"),
                IpAddress.parse("200.0.0.1"),
                IpAddress.parse("::1"),
                IpAddress.parse("fd00::1"),
                IpAddress.parse("fd00::ffff:ffff:ffff:ffff"));
        List<IpAddress> shuffled = new ArrayList<>(sorted);
        Collections.shuffle(shuffled, new Random(3));
        Collections.sort(shuffled);

        assertThat(shuffled).isEqualTo(sorted);
    }

    @Test
    void neighbouringAddressesSpreadOverTheLowAndTheHighBitsOfTheirHash() {
        Set<Integer> low = new HashSet<>();
        Set<Integer> high = new HashSet<>();
        for (int i = 0; i < 256; i++) {
            int hash = IpAddress.parse("10.96.0." + i).hashCode();
            low.add(hash & 0xff);
            high.add(hash >>> 24);
        }

        assertThat(low).hasSizeGreaterThan(128);
        assertThat(high).hasSizeGreaterThan(128);
    }

    @Test
    void recognisesLoopback() {
        assertThat(List.of("127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"))
                .allMatch(text -> IpAddress.parse(text).isLoopback());
        assertThat(List.of("128.0.0.1", "10.0.0.1", "::", "::2", "1::1"))
                .noneMatch(text -> IpAddress.parse(text).isLoopback());
    }
}
