package io.remora.netfilter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NftTableTest {

    private static final CaptureConfig CONFIG = new CaptureConfig(
            15001,
            ProxyOwner.DEFAULT,
            List.of(Cidr.parse("10.96.0.0/16")),
            Ports.NONE,
            new Exclusions(List.of(), Ports.NONE, List.of(address("10.96.0.1"))),
            new Refusal(RefusalMode.ON, new HashedPorts(new PortRange(61000, 61002)), true));

    private static final String LISTED = """
            table ip remora {
            \tchain spread {
            \t\tmeta l4proto 6 counter packets 12 bytes 720 redirect to :jhash ip daddr . tcp dport mod 3 seed 0x72656d6f map { 0 : 61000,
            \t\t\t\t1 : 61001,
            \t\t\t\t2 : 61002 }
            \t}

            \tchain output {
            \t\ttype nat hook output priority -101; policy accept;
            \t\tmeta l4proto != 6 return
            \t\tmeta skuid 1337 return
            \t\tmeta skgid 1337 return
            \t\toifname "lo" return
            \t\tip daddr 127.0.0.0/8 return
            \t\tip daddr 10.96.0.1 return
            \t\tip daddr 10.96.0.0/16 goto spread
            \t}
            }
            """;

    @Test
    void whatNftPrintsOfTheWantedRulesIsWanted() {
        assertThat(differences(LISTED)).isEmpty();
        assertThat(NftTable.parse(LISTED).redirected()).isEqualTo(12);
    }

    @Test
    void everyDifferenceIsTold() {
        assertThat(differences("")).containsExactly("table remora is missing");
        assertThat(differences(LISTED.replace("\t\tmeta skgid 1337 return\n", "")))
                .contains("rule 3 of output is 'oifname \"lo\" return', wanted 'meta skgid 1337 return'")
                .last()
                .asString()
                .endsWith("is 'missing', wanted 'ip daddr 10.96.0.0/16 goto spread'");
        assertThat(differences(LISTED.replace("2 : 61002", "2 : 61001")))
                .singleElement()
                .asString()
                .startsWith("rule 1 of spread is ");
        assertThat(differences(LISTED.replace("priority -101", "priority 0")))
                .containsExactly(
                        "chain output has the hook 'type nat hook output priority 0; policy accept;', wanted 'type nat "
                                + "hook output priority -101; policy accept;'");
        assertThat(differences(LISTED.replace("chain spread", "chain other")))
                .containsExactly("chain other is not Remora's", "chain spread is missing");
        assertThat(differences(LISTED.replace("seed 0x72656d6f", "seed 0x1"))).hasSize(1);
    }

    private static List<String> differences(String listing) {
        return NftTable.parse(listing).differences(HashedRules.chains(CONFIG, Family.IPV4));
    }

    private static Address address(String text) {
        Address address = Address.parse(text);
        if (address == null) {
            throw new AssertionError(text);
        }
        return address;
    }
}
