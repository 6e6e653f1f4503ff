package io.remora.lab.api;

import io.remora.lab.process.Commands;
import io.remora.lab.process.LabException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Keys and the self-signed certificate of an API server, made with the JDK alone.
 *
 * @param certificate PEM file, which is also what clients trust
 * @param key PEM file of its private key
 */
record ServingCertificate(Path certificate, Path key) {
    private static final String API_CLUSTER_IP = "10.96.0.1";
    private static final String PASSWORD = "changeit";

    /**
     * Makes a certificate.
     *
     * @param folder an existing folder for the files
     * @param addresses what clients dial, besides loopback and the API's ClusterIP
     */
    static ServingCertificate create(Path folder, InetAddress... addresses) {
        Path store = folder.resolve("tls.p12");
        String names = Stream.concat(
                        Stream.of(
                                API_CLUSTER_IP, InetAddress.getLoopbackAddress().getHostAddress()),
                        Stream.of(addresses).map(InetAddress::getHostAddress))
                .distinct()
                .map(each -> ",ip:" + each)
                .collect(Collectors.joining());
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        List<String> command = List.of(
                keytool.toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-alias",
                "api",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=remora-lab",
                "-validity",
                "30",
                "-ext",
                "BC=ca:true",
                "-ext",
                "SAN=dns:localhost,dns:kubernetes,dns:kubernetes.default,dns:kubernetes.default.svc" + names,
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD);
        Commands.run(command, Duration.ofSeconds(60)).orThrow();
        try {
            KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
            Path certificate = folder.resolve("tls.crt");
            Files.writeString(
                    certificate, pem("CERTIFICATE", keys.getCertificate("api").getEncoded()));
            Key privateKey = keys.getKey("api", PASSWORD.toCharArray());
            Path key = folder.resolve("tls.key");
            Files.writeString(key, pem("PRIVATE KEY", privateKey.getEncoded()));
            return new ServingCertificate(certificate, key);
        } catch (GeneralSecurityException | IOException e) {
            throw new LabException("the API server's certificate cannot be made: " + e, e);
        }
    }

    /** The certificate's text. */
    String pem() {
        try {
            return Files.readString(certificate);
        } catch (IOException e) {
            throw new LabException("cannot read " + certificate, e);
        }
    }

    /** Writes a new RSA key, which signs the tokens of ServiceAccounts. */
    static Path createSigningKey(Path file) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            byte[] key = generator.generateKeyPair().getPrivate().getEncoded();
            return Files.writeString(file, pem("PRIVATE KEY", key));
        } catch (GeneralSecurityException | IOException e) {
            throw new LabException("the key of ServiceAccount tokens cannot be made: " + e, e);
        }
    }

    private static String pem(String type, byte[] content) {
        String base64 = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(content);
        return "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n";
    }
}
