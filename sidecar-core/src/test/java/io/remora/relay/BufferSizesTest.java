package io.remora.relay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BufferSizesTest {

    private static final long MEMORY = 1000;

    @ParameterizedTest
    @CsvSource({
        "0, 1024",
        "131071, 1024",
        "131072, 16384",
        "10485759, 16384",
        "10485760, 262144",
    })
    void readsGrowWithTheBytesThatWereMoved(long moved, int size) {
        assertThat(BufferSizes.next(moved, 0, MEMORY)).isEqualTo(size);
        assertThat(BufferSizes.next(moved, MEMORY, MEMORY)).isEqualTo(size);
    }

    @ParameterizedTest
    @CsvSource({"1001, 1024", "2000, 1024", "2001, 256", "1000000, 256"})
    void readsShrinkWithTheMemoryThatIsLeftWhateverWasMoved(long held, int size) {
        for (long moved : new long[] {0, 131072, 10485760}) {
            assertThat(BufferSizes.next(moved, held, MEMORY)).isEqualTo(size);
        }
    }
}
