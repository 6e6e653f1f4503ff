package io.remora.netfilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcSelfTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path root;

    private ProcSelf proc = new ProcSelf("");
    private Preconditions preconditions = new Preconditions(proc);

    @BeforeEach
    void ordinaryContainer() throws IOException {
        Files.createDirectories(root.resolve("net"));
        write("status", "Name:\tjava\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nCapEff:\t0000000000003000\n");
        write("uid_map", "         0          0 4294967295\n");
        write("gid_map", "         0          0 4294967295\n");
        proc = new ProcSelf(root.toString());
        preconditions = new Preconditions(proc);
    }

    @Test
    void anOrdinaryInitContainerMayGoOn() {
        assertThatCode(() -> {
                    preconditions.requireNetAdmin();
                    preconditions.requireMapped(ProxyOwner.DEFAULT);
                    preconditions.requireCapturable(ProxyOwner.DEFAULT);
                })
                .doesNotThrowAnyException();
    }

    @Test
    void aMissingCapabilityIsToldWithTheSecurityContextThatBringsIt() throws IOException {
        write("status", "Uid:\t0\t0\t0\t0\nCapEff:\t000001ffffffefff\n");
        InitFailure failure = catchThrowableOfType(InitFailure.class, preconditions::requireNetAdmin);
        assertThat(failure.code()).isEqualTo(ExitCode.MISSING_CAPABILITY);
        assertThat(failure).hasMessageContaining("CAP_NET_ADMIN");
        assertThat(failure.fix()).contains("securityContext", "NET_ADMIN");
    }

    @Test
    void idsOutsideTheMapOfTheUserNamespaceAreTold() throws IOException {
        write("uid_map", "0 100000 1000\n1300 200000 37\n");
        InitFailure failure =
                catchThrowableOfType(InitFailure.class, () -> preconditions.requireMapped(ProxyOwner.DEFAULT));
        assertThat(failure.code()).isEqualTo(ExitCode.UNMAPPED_ID);
        assertThat(failure)
                .hasMessageContaining("--proxy-uid 1337")
                .hasMessageContaining("0 100000 1000; 1300 200000 37");
        write("uid_map", "0 100000 1000\n1300 200000 38\n");
        write("gid_map", "0 0 1\n");
        assertThat(catchThrowableOfType(InitFailure.class, () -> preconditions.requireMapped(ProxyOwner.DEFAULT)))
                .hasMessageContaining("--proxy-gid 1337");
    }

    @Test
    void aProcessThatTheRulesLeaveAloneCannotProveThem() throws IOException {
        write("status", "Uid:\t0\t0\t0\t1337\nGid:\t0\t0\t0\t0\n");
        assertThat(catchThrowableOfType(InitFailure.class, () -> preconditions.requireCapturable(ProxyOwner.DEFAULT)))
                .hasMessageContaining("user 1337");
        write("status", "Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t1337\n");
        InitFailure failure =
                catchThrowableOfType(InitFailure.class, () -> preconditions.requireCapturable(ProxyOwner.DEFAULT));
        assertThat(failure).hasMessageContaining("group 1337");
        assertThat(failure.code()).isEqualTo(ExitCode.BAD_SETTINGS);
    }

    @Test
    void whatTheNetworkNamespaceHasIsRead() throws IOException {
        assertThat(proc.hasIpv6()).isFalse();
        assertThat(proc.hasLegacyNat(Family.IPV4)).isFalse();
        write("net/if_inet6", "fe8000000000000000fc00fffe000001 04 40 20 80     eth0\n");
        write("net/ip_tables_names", "filter\n");
        assertThat(proc.hasIpv6()).isTrue();
        assertThat(proc.hasIpv6Loopback()).isFalse();
        assertThat(proc.hasLegacyTables(Family.IPV4)).isTrue();
        assertThat(proc.hasLegacyNat(Family.IPV4)).isFalse();
        write("net/if_inet6", "00000000000000000000000000000001 01 80 10 80       lo\n");
        write("net/ip_tables_names", "filter\nnat\n");
        assertThat(proc.hasIpv6Loopback()).isTrue();
        assertThat(proc.hasLegacyNat(Family.IPV4)).isTrue();
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(root.resolve(file), text);
    }
}
