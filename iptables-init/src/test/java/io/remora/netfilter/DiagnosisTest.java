package io.remora.netfilter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiagnosisTest {

    /** What the programs of 1.6 to 1.8 print. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "XTABLES_LOCKED | Another app is currently holding the xtables lock. Stopped waiting after 1s.",
                "XTABLES_LOCKED | Can't lock /run/xtables.lock: Resource temporarily unavailable",
                "MISSING_CAPABILITY | iptables v1.8.9 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)",
                "MISSING_CAPABILITY | iptables v1.8.9 (legacy): can't initialize iptables table `nat': Permission denied (you must be root)",
                "MISSING_CAPABILITY | iptables-restore: line 9 failed: Operation not permitted",
                "MISSING_KERNEL_SUPPORT | iptables v1.8.4 (legacy): can't initialize iptables table `nat': Table does not exist (do you need to insmod?)",
                "MISSING_KERNEL_SUPPORT | iptables: No chain/target/match by that name.",
                "MISSING_KERNEL_SUPPORT | iptables v1.8.9 (nf_tables): Couldn't load match `owner':No such file or directory",
                "MISSING_KERNEL_SUPPORT | Warning: Extension REDIRECT revision 0 not supported, missing kernel module?",
                "MISSING_KERNEL_SUPPORT | iptables/1.8.7 Failed to initialize nft: Protocol not supported",
                "MISSING_KERNEL_SUPPORT | iptables v1.8.9 (nf_tables): RULE_APPEND failed (No such file or directory): rule in chain OUTPUT",
                "APPLY_FAILED | Fatal: can't open lock file /run/xtables.lock: Read-only file system",
                "APPLY_FAILED | iptables-restore: line 3 failed",
            })
    void theWordsOfTheProgramsTellWhy(ExitCode code, String words) {
        InitFailure failure = Diagnosis.of("iptables-restore", new Subprocess.Result(4, "", words + "\n"));
        assertThat(failure.code()).isEqualTo(code);
        assertThat(failure)
                .hasMessageContaining("iptables-restore failed with status 4: ")
                .hasMessageContaining(words);
        assertThat(failure.fix()).isNotBlank();
    }

    @Test
    void aProgramThatHangsIsReportedAsSuch() {
        assertThat(Diagnosis.of("iptables-restore", new Subprocess.Result(-1, "", "")))
                .hasMessage("iptables-restore did not end in time");
    }
}
