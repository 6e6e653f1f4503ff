package io.remora.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class KeyPairFilesTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "rsa:2048, RSA, BEGIN PRIVATE KEY",
        "rsa:3072, RSA, BEGIN PRIVATE KEY",
        "ec -pkeyopt ec_paramgen_curve:prime256v1, EC, BEGIN PRIVATE KEY",
        "ec -pkeyopt ec_paramgen_curve:secp384r1, EC, BEGIN PRIVATE KEY",
        "ed25519, EdDSA, BEGIN PRIVATE KEY",
    })
    void keysInPkcs8(String algorithm, String type, String begin) throws Exception {
        TestCertificate pair = TestCertificate.make(folder, "pair", algorithm.split(" "));
        assertThat(Files.readString(pair.key())).contains(begin);
        assertThat(chosen(pair, type).getCertificateChain("")).containsExactly(pair.x509());
    }

    @ParameterizedTest
    @CsvSource({
        "rsa:2048, RSA, BEGIN RSA PRIVATE KEY",
        "rsa:4096, RSA, BEGIN RSA PRIVATE KEY",
        "ec -pkeyopt ec_paramgen_curve:prime256v1, EC, BEGIN EC PRIVATE KEY",
        "ec -pkeyopt ec_paramgen_curve:secp521r1, EC, BEGIN EC PRIVATE KEY",
    })
    void keysInTheirOldForms(String algorithm, String type, String begin) throws Exception {
        TestCertificate pair = TestCertificate.make(folder, "pair", algorithm.split(" "));
        Path old = folder.resolve("old.key");
        TestCertificate.openssl("pkey", "-traditional", "-in", pair.key().toString(), "-out", old.toString());
        assertThat(Files.readString(old)).contains(begin);
        chosen(new TestCertificate(pair.certificate(), old), type);
    }

    @Test
    void parametersOfTheCurveMayStandBeforeTheKey() throws Exception {
        TestCertificate pair = TestCertificate.make(folder, "pair", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1");
        Path both = folder.resolve("both.key");
        TestCertificate.openssl("ec", "-in", pair.key().toString(), "-out", both.toString());
        Files.writeString(
                both,
                "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
                        + Files.readString(both));
        chosen(new TestCertificate(pair.certificate(), both), "EC");
    }

    private static KeyPairFiles chosen(TestCertificate pair, String type) throws Exception {
        KeyPairFiles keys = new KeyPairFiles(pair.certificate(), pair.key());
        String alias = keys.chooseEngineServerAlias(type, null, null);
        assertThat(alias).isNotNull();
        assertThat(keys.chooseEngineServerAlias("DSA", null, null)).isNull();
        return keys;
    }

    @Test
    void whatIsOfNoUseIsNamed() throws Exception {
        TestCertificate one = TestCertificate.make(folder, "one");
        TestCertificate other = TestCertificate.make(folder, "other");
        assertThatThrownBy(() -> new KeyPairFiles(one.certificate(), other.key()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("other.key is not the key of the certificate in ")
                .hasMessageContaining("one.crt");
        assertThatThrownBy(() -> new KeyPairFiles(one.key(), one.key())).hasMessageContaining("no PEM certificate");
        assertThatThrownBy(() -> new KeyPairFiles(one.certificate(), one.certificate()))
                .hasMessageContaining("no PEM private key");
        assertThatThrownBy(() -> new KeyPairFiles(one.certificate(), folder.resolve("none")))
                .hasMessageContaining("cannot be read");
        Path secret = folder.resolve("secret.key");
        TestCertificate.openssl(
                "pkey", "-aes128", "-passout", "pass:x", "-in", one.key().toString(), "-out", secret.toString());
        assertThatThrownBy(() -> new KeyPairFiles(one.certificate(), secret)).hasMessageContaining("encrypted");
    }

    @Test
    void aNewPairIsUsedAndAHandshakeThatBeganEndsWithTheOld() throws Exception {
        TestCertificate first = TestCertificate.make(folder, "first");
        TestCertificate second = TestCertificate.make(folder, "second");
        TestCertificate used = new TestCertificate(folder.resolve("tls.crt"), folder.resolve("tls.key"));
        first.replace(used);
        KeyPairFiles keys = new KeyPairFiles(used.certificate(), used.key());
        String before = String.valueOf(keys.chooseEngineServerAlias("RSA", null, null));

        second.replace(used);
        keys.refresh();
        String after = String.valueOf(keys.chooseEngineServerAlias("RSA", null, null));
        assertThat(after).isNotEqualTo(before);
        assertThat(keys.getCertificateChain(after)).containsExactly(second.x509());
        assertThat(keys.getCertificateChain(before)).containsExactly(first.x509());
    }

    @Test
    void aBadPairKeepsTheOld() throws Exception {
        TestCertificate first = TestCertificate.make(folder, "first");
        TestCertificate second = TestCertificate.make(folder, "second");
        TestCertificate used = new TestCertificate(folder.resolve("tls.crt"), folder.resolve("tls.key"));
        first.replace(used);
        KeyPairFiles keys = new KeyPairFiles(used.certificate(), used.key());

        Files.writeString(used.certificate(), "nothing");
        keys.refresh();
        assertThat(keys.getCertificateChain("")).containsExactly(first.x509());
        Files.delete(used.key());
        keys.refresh();
        assertThat(keys.getCertificateChain("")).containsExactly(first.x509());
        second.replace(used);
        keys.refresh();
        assertThat(keys.getCertificateChain("")).containsExactly(second.x509());
    }
}
