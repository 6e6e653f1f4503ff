package io.remora.lab.api;

import io.remora.lab.process.LabException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Plain requests to an API server as the administrator. Thread-safe. */
final class ApiHttp {
    private final URI url;
    private final String token;
    private final HttpClient client;

    /**
     * @param certificate PEM that the server is trusted by; empty for plain HTTP
     */
    ApiHttp(URI url, String certificate, String token) {
        this.url = url;
        this.token = token;
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(2));
        this.client = certificate.isEmpty()
                ? builder.build()
                : builder.sslContext(trusting(certificate)).build();
    }

    private static SSLContext trusting(String certificate) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            store.setCertificateEntry(
                    "api",
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(
                                    new ByteArrayInputStream(certificate.getBytes(StandardCharsets.UTF_8))));
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new LabException("the API server's certificate cannot be used: " + e, e);
        }
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(url.resolve(path))
                .header("Authorization", "Bearer " + token)
                .timeout(Duration.ofSeconds(30));
    }

    HttpClient client() {
        return client;
    }

    /** The body of a successful answer. */
    String get(String path) {
        return send(request(path).GET().build());
    }

    void post(String path) {
        send(request(path).POST(HttpRequest.BodyPublishers.noBody()).build());
    }

    private String send(HttpRequest request) {
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() >= 300) {
                throw new LabException(request.method() + " " + request.uri() + " answered " + response.statusCode()
                        + ": " + response.body());
            }
            return response.body();
        } catch (IOException e) {
            throw new LabException(request.method() + " " + request.uri() + " failed: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while waiting for " + request.uri(), e);
        }
    }

    /**
     * Waits until {@code /readyz} answers ok.
     *
     * @param problem what ends the wait early, a process that died for example
     */
    void awaitReady(Duration limit, Supplier<Optional<String>> problem) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            try {
                if (get("/readyz").equals("ok")) {
                    return;
                }
            } catch (LabException e) {
                Optional<String> found = problem.get();
                if (found.isPresent() || System.nanoTime() - deadline > 0) {
                    String why = found.orElse("it was not ready within " + limit);
                    throw new LabException("the API server at " + url + " did not start: " + why, e);
                }
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}
