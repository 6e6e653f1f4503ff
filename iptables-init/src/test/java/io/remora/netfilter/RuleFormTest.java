package io.remora.netfilter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleFormTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-d 10.96.0.1 -j RETURN | -d 10.96.0.1/32 -j RETURN",
                "-p tcp --dport 25 -j RETURN | -p tcp -m tcp --dport 25 -j RETURN",
                "-p 6 -m multiport --dports 25,80 -j RETURN | -p tcp -m multiport --dports 25,80 -j RETURN",
                "-j RETURN -m owner --uid-owner 1337 | -m owner --uid-owner 1337 -j RETURN",
                "-m dscp --dscp 3 -j RETURN | -m dscp --dscp 0x03 -j RETURN",
                "-d FD00:10:96:0::/112 -j RETURN | -d fd00:10:96::/112 -j RETURN",
            })
    void sameMeaning(String left, String right) {
        assertThat(RuleForm.same(left, right)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-d 10.96.0.1/32 -j RETURN | ! -d 10.96.0.1/32 -j RETURN",
                "-m owner --uid-owner 1337 -j RETURN | -m owner --gid-owner 1337 -j RETURN",
                "-m owner --uid-owner 1337 -j RETURN | -m owner ! --uid-owner 1337 -j RETURN",
                "-d 10.96.0.0/16 -p tcp -j REDIRECT --to-ports 15001 | -d 10.96.0.0/16 -p udp -j REDIRECT --to-ports 15001",
                "-p tcp -m tcp --dport 25 -j RETURN | -p tcp -m tcp --sport 25 -j RETURN",
                "-m dscp --dscp 0x03 -j RETURN | -m dscp --dscp 0x30 -j RETURN",
                "-o lo -j RETURN | -o lo -j ACCEPT",
            })
    void anotherMeaning(String left, String right) {
        assertThat(RuleForm.same(left, right)).isFalse();
    }
}
