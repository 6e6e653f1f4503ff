package io.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Errors.NativeIoException;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BindFailureTest {

    @BeforeAll
    static void loadTheNumbers() {
        Epoll.ensureAvailability(); // Netty's table of errors is in its native library
    }

    @ParameterizedTest
    @CsvSource({
        "98, port, true, false", // EADDRINUSE
        "13, port, false, false", // EACCES
        "1, port, false, false", // EPERM
        "99, addresses, false, true", // EADDRNOTAVAIL
        "97, addresses, false, true" // EAFNOSUPPORT
    })
    void theSettingToChangeIsNamed(int errno, String setting, boolean inUse, boolean familyMissing) {
        IOException wrapped = new IOException("relay", new NativeIoException("bind", -errno));

        BindFailure failure = BindFailure.of("port", "addresses", "here", wrapped);

        assertThat(failure).hasMessageStartingWith("cannot listen on here: ").hasMessageEndingWith(" " + setting);
        assertThat(failure.isInUse()).isEqualTo(inUse);
        assertThat(failure.isFamilyMissing()).isEqualTo(familyMissing);
    }

    @Test
    void whatTheKernelDidNotSayIsInOurOwnWords() {
        assertThat(BindFailure.of("port", "addresses", "here", new IOException("strange")))
                .hasMessage("cannot listen on here: strange");
    }
}
