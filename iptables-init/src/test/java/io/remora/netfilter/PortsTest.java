package io.remora.netfilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortsTest {

    @Test
    void overlappingAndAdjacentRangesMerge() {
        assertThat(ports("90-95", "80", "81", "85-92")).hasToString("80:81,85:95");
        assertThat(ports("1-65535", "80")).hasToString("1:65535");
    }

    @Test
    void aMatchHoldsFifteenSlotsOfWhichARangeTakesTwo() {
        List<String> singles = new ArrayList<>();
        for (int port = 1; port <= 31; port += 2) {
            singles.add(Integer.toString(port));
        }
        assertThat(ports(singles.toArray(new String[0])).matches())
                .containsExactly(
                        "-p tcp -m multiport --dports 1,3,5,7,9,11,13,15,17,19,21,23,25,27,29",
                        "-p tcp -m tcp --dport 31");
        assertThat(ports("1-2", "11-12", "21-22", "31-32", "41-42", "51-52", "61-62", "71-72")
                        .matches())
                .containsExactly(
                        "-p tcp -m multiport --dports 1:2,11:12,21:22,31:32,41:42,51:52,61:62",
                        "-p tcp -m tcp --dport 71:72");
        assertThat(Ports.NONE.matches()).isEmpty();
    }

    @Test
    void containsBothEndsOfARange() {
        Ports ports = ports("80", "8000-8099");
        assertThat(List.of(80, 8000, 8099)).allMatch(ports::contains);
        assertThat(List.of(79, 81, 7999, 8100)).noneMatch(ports::contains);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "65536", "http", "", "90-80", "80-", "-80", "1-2-3", "99999999999"})
    void whatIsNoPortIsRefused(String text) {
        assertThatThrownBy(() -> PortRange.parse(text)).hasMessageContaining("is no port; expected 1-65535");
    }

    private static Ports ports(String... ranges) {
        List<PortRange> all = new ArrayList<>();
        for (String range : ranges) {
            all.add(PortRange.parse(range));
        }
        return new Ports(all);
    }
}
