package io.remora.webhook;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate for 127.0.0.1 that signs itself, made by openssl. */
record TestCertificate(Path certificate, Path key) {

    /** @param algorithm as {@code openssl req -newkey} has it */
    static TestCertificate make(Path folder, String name, String... algorithm) throws Exception {
        Path certificate = folder.resolve(name + ".crt");
        Path key = folder.resolve(name + ".key");
        List<String> command = new ArrayList<>(List.of("req", "-x509", "-nodes", "-days", "2", "-newkey"));
        command.addAll(algorithm.length == 0 ? List.of("rsa:2048") : List.of(algorithm));
        command.addAll(List.of("-subj", "/CN=" + name, "-addext", "subjectAltName=IP:127.0.0.1"));
        command.addAll(List.of("-keyout", key.toString(), "-out", certificate.toString()));
        openssl(command.toArray(String[]::new));
        return new TestCertificate(certificate, key);
    }

    static void openssl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IllegalStateException(command + " failed: " + output);
        }
    }

    /** For a client that trusts nobody else. */
    SSLContext trusting() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("only", x509());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    X509Certificate x509() throws Exception {
        try (var in = Files.newInputStream(certificate)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    /** For {@code caBundle}. */
    String base64() throws IOException {
        return Base64.getEncoder().encodeToString(Files.readAllBytes(certificate));
    }

    /** Puts this pair in place of another one, the key first as a careless copy does. */
    void replace(TestCertificate other) throws IOException {
        Files.copy(key, other.key(), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(certificate, other.certificate(), StandardCopyOption.REPLACE_EXISTING);
    }
}
