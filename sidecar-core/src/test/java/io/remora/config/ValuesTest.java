package io.remora.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {

    @ParameterizedTest
    @CsvSource({"250ms, PT0.25S", "3s, PT3S", "5m, PT5M", "1h, PT1H", "0s, PT0S", "1500ms, PT1.5S", "90s, PT1M30S"})
    void durationsAreReadAndWrittenTheSameWay(String text, Duration duration) {
        assertThat(Durations.parse(text)).isEqualTo(duration);
        assertThat(Durations.format(duration)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "3", "s", "-1s", "1.5s", "3 s", "3sec", "PT3S", "9999999999999s"})
    void anythingElseIsNoDuration(String text) {
        assertThatThrownBy(() -> Durations.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"512B, 512", "1KiB, 1024", "16MiB, 16777216", "1GiB, 1073741824", "0B, 0", "1025B, 1025"})
    void sizesAreReadAndWrittenTheSameWay(String text, long bytes) {
        assertThat(Sizes.parse(text)).isEqualTo(bytes);
        assertThat(Sizes.format(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"prot,port", "stok,stock", "catalogue,catalog", "PORT,port"})
    void aMistypedNameFindsTheRightOne(String given, String meant) {
        assertThat(NearNames.find(given, List.of("catalog", "port", "stock", "something-else"), 1))
                .containsExactly(meant);
    }

    @ParameterizedTest
    @CsvSource({"'',web,db", "'',a,b", "REMORA_,REMORA_XYZ,REMORA_HOLD", "--,--xy,--hold"})
    void whatIsMostlyOtherLettersIsNotNear(String prefix, String given, String other) {
        assertThat(NearNames.find(prefix, given, List.of(other), 1)).isEmpty();
    }
}
