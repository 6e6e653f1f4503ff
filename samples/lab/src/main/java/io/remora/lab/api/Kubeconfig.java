package io.remora.lab.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;

/** Writes kubeconfig files. */
final class Kubeconfig {
    private Kubeconfig() {}

    /**
     * Writes a kubeconfig with one user. Everyone may read it: pods run as other users, and the token opens the lab only.
     *
     * @param certificate PEM that the server is trusted by; empty for plain HTTP
     */
    static Path write(Path file, URI server, String certificate, String user, String token) {
        String trust = certificate.isEmpty()
                ? ""
                : "    certificate-authority-data: "
                        + Base64.getEncoder().encodeToString(certificate.getBytes(StandardCharsets.UTF_8)) + "\n";
        String text = "apiVersion: v1\nkind: Config\ncurrent-context: lab\n"
                + "clusters:\n- name: lab\n  cluster:\n    server: " + server + "\n" + trust
                + "users:\n- name: " + user + "\n  user:\n    token: " + token + "\n"
                + "contexts:\n- name: lab\n  context:\n    cluster: lab\n    user: " + user + "\n";
        try {
            Files.writeString(file, text);
            return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }
}
