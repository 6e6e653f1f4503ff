package io.remora.netfilter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every golden case, applied, proved and read back with both backends; each replaces the one before it. */
class GoldenRulesIT {

    private static final Namespaces NAMESPACES = new Namespaces();

    @BeforeAll
    static void start() {
        NAMESPACES.start();
    }

    @AfterAll
    static void stop() {
        NAMESPACES.close();
    }

    static Stream<Arguments> cases() {
        return Stream.of("nft", "legacy").flatMap(backend -> GoldenCases.all().map(c -> Arguments.of(backend, c)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theKernelHoldsTheRulesOfTheCaseAndNoOthers(String backend, GoldenCases.Case golden) throws IOException {
        TestNamespace namespace = NAMESPACES.pod();
        StringBuilder environment = new StringBuilder("env");
        golden.environment().forEach((name, value) -> environment.append(" '" + name + "=" + value + "'"));
        List<String> args = new ArrayList<>(golden.args());
        args.addAll(List.of("--backend", backend));
        TestNamespace.Ended ended = namespace
                .initBy(environment.toString(), args.toArray(new String[0]))
                .expect(ExitCode.OK);
        for (Family family : Family.values()) {
            String saved = namespace.rules(family.program() + "-" + backend);
            if (golden.config().serviceCidrs(family).isEmpty()) {
                assertThat(saved).isEmpty();
            } else {
                assertThat(saved).isEqualTo(asSaved(golden.golden(family)));
                assertThat(ended.out()).contains(family.title() + ": proved, ");
            }
            String other = backend.equals("nft") ? "-legacy" : "-nft";
            assertThat(namespace.rules(family.program() + other)).isEmpty();
        }
    }

    /** The transaction's lines as iptables-save orders them: chains, then rules by chain. */
    private static String asSaved(String golden) {
        StringBuilder rules = new StringBuilder();
        golden.lines()
                .filter(line -> line.startsWith("-A"))
                .forEach(line -> rules.append(line).append('\n'));
        return ":REMORA_OUTPUT -\n-A OUTPUT -p tcp -j REMORA_OUTPUT\n" + rules;
    }
}
