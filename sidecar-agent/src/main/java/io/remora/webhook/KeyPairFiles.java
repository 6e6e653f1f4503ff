package io.remora.webhook;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's certificate and key, in files that may be replaced at any time. A new pair is used from the next connection on; one
 * that is of no use is logged, and the old one stays. Thread-safe.
 */
final class KeyPairFiles extends X509ExtendedKeyManager {

    private static final Logger LOGGER = LoggerFactory.getLogger(KeyPairFiles.class);
    private static final String SIGNED = "remora";

    private final Path certificateFile;
    private final Path keyFile;
    private final AtomicInteger generation = new AtomicInteger();
    private volatile Loaded loaded;
    private byte[] seen;

    /**
     * A pair that fits.
     *
     * @param before the one that a handshake may have begun with
     */
    private record Loaded(
            String alias,
            List<X509Certificate> chain,
            PrivateKey key,
            @Nullable Loaded before) {}

    /**
     * Reads them.
     *
     * @throws IOException if they cannot be read, or are of no use; the message says which and why
     */
    KeyPairFiles(Path certificateFile, Path keyFile) throws IOException {
        this.certificateFile = certificateFile;
        this.keyFile = keyFile;
        byte[] certificate = read(certificateFile);
        byte[] key = read(keyFile);
        this.loaded = load(certificate, key, null);
        this.seen = both(certificate, key);
    }

    /** Reads them again if they have changed. */
    synchronized void refresh() {
        try {
            byte[] certificate = read(certificateFile);
            byte[] key = read(keyFile);
            byte[] both = both(certificate, key);
            if (Arrays.equals(both, seen)) {
                return;
            }
            seen = both; // also of no use, so that it is said once
            loaded = load(certificate, key, loaded);
            LOGGER.atInfo()
                    .addKeyValue("file", certificateFile)
                    .addKeyValue("until", until())
                    .log("new certificate in use");
        } catch (IOException e) {
            LOGGER.atWarn()
                    .addKeyValue("why", e.getMessage())
                    .addKeyValue("until", until())
                    .log("new certificate or key of no use, the old pair stays");
        }
    }

    /** When the certificate in use expires. */
    Instant until() {
        return loaded.chain().get(0).getNotAfter().toInstant();
    }

    private static byte[] read(Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IOException(file + " cannot be read: " + e, e);
        }
    }

    private static byte[] both(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    private Loaded load(byte[] certificate, byte[] key, @Nullable Loaded old) throws IOException {
        List<X509Certificate> chain;
        try {
            chain =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(certificate))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toList();
        } catch (CertificateException e) {
            throw new IOException(certificateFile + " has no PEM certificate: " + e.getMessage(), e);
        }
        if (chain.isEmpty()) {
            throw new IOException(certificateFile + " has no PEM certificate");
        }
        try {
            PrivateKey secret = PemKey.read(new String(key, StandardCharsets.US_ASCII));
            if (!fit(secret, chain.get(0).getPublicKey())) {
                throw new IOException(keyFile + " is not the key of the certificate in " + certificateFile);
            }
            Loaded before = old == null ? null : new Loaded(old.alias(), old.chain(), old.key(), null);
            return new Loaded("pair-" + generation.incrementAndGet(), chain, secret, before);
        } catch (GeneralSecurityException e) {
            throw new IOException(keyFile + " is of no use: " + e.getMessage(), e);
        }
    }

    private static boolean fit(PrivateKey secret, PublicKey open) throws GeneralSecurityException {
        if (!algorithm(secret.getAlgorithm()).equals(algorithm(open.getAlgorithm()))) {
            return false;
        }
        byte[] text = SIGNED.getBytes(StandardCharsets.US_ASCII);
        Signature signature = Signature.getInstance(algorithm(secret.getAlgorithm()));
        signature.initSign(secret);
        signature.update(text);
        byte[] signed = signature.sign();
        signature.initVerify(open);
        signature.update(text);
        return signature.verify(signed);
    }

    private static String algorithm(String key) {
        return switch (key.toUpperCase(Locale.ROOT)) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "EdDSA";
        };
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String type, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        Loaded now = loaded;
        String algorithm = now.chain().get(0).getPublicKey().getAlgorithm();
        return type.equals(algorithm) || type.startsWith("Ed") && algorithm.startsWith("Ed") ? now.alias() : null;
    }

    @Override
    public @Nullable String chooseServerAlias(String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return chooseEngineServerAlias(type, issuers, null);
    }

    private Loaded named(String alias) {
        Loaded now = loaded;
        Loaded before = now.before();
        return before != null && before.alias().equals(alias) ? before : now;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return named(alias).chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return named(alias).key();
    }

    @Override
    public String[] getServerAliases(String type, Principal @Nullable [] issuers) {
        return new String[] {loaded.alias()};
    }

    @Override
    public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
        return new String[0];
    }

    @Override
    public @Nullable String chooseClientAlias(String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
