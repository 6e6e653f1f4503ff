package io.remora.relay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BufferSizesTest {

    @ParameterizedTest
    @CsvSource({
        "0, false, 1024",
        "131071, false, 1024",
        "131072, false, 16384",
        "10485759, false, 16384",
        "10485760, false, 262144",
        "10485760, true, 16384",
        "0, true, 1024"
    })
    void readsGrowWithTheBytesThatWereMoved(long moved, boolean scarce, int size) {
        assertThat(BufferSizes.next(moved, scarce)).isEqualTo(size);
    }
}
