package io.remora.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DescriptorsTest {

    @Test
    void softLimitIsRead() {
        List<String> limits = List.of(
                "Limit                     Soft Limit           Hard Limit           Units     ",
                "Max open files            20000                1048576              files     ");
        assertThat(Descriptors.parse(limits)).isEqualTo(20000);
    }

    @Test
    void noLimitIsRead() {
        assertThat(Descriptors.parse(List.of("Max open files   unlimited   unlimited   files")))
                .isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void aTenthAndAtMost64AreLeftToTheRestOfTheProcess() {
        assertThat(Descriptors.ofLimit(100).limit()).isEqualTo(90);
        assertThat(Descriptors.ofLimit(20000).limit()).isEqualTo(19936);
    }
}
