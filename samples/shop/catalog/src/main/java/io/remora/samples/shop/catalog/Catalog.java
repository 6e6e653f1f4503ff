package io.remora.samples.shop.catalog;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Serves the catalog on port 9090. {@code SHOP_MAX_CONNECTION_AGE} ({@code PT30S}) is how long a client keeps a connection
 * before it is asked to make another one: without it, clients that connect to the ClusterIP would never see a new pod.
 */
public final class Catalog {
    private static final int PORT = 9090;
    private static final String DEFAULT_AGE = "PT30S";

    private Catalog() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        String pod = System.getenv().getOrDefault("POD_NAME", "catalog");
        Duration age = Duration.parse(System.getenv().getOrDefault("SHOP_MAX_CONNECTION_AGE", DEFAULT_AGE));
        HealthStatusManager health = new HealthStatusManager();
        Server server = server(PORT, pod, age, health).start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server, health), "end"));
        System.out.println("serving");
        server.awaitTermination();
    }

    static Server server(int port, String pod, Duration connectionAge, HealthStatusManager health) {
        return Grpc.newServerBuilderForPort(port, InsecureServerCredentials.create())
                .addService(new CatalogService())
                .addService(health.getHealthService())
                .intercept(new PodHeader(pod))
                .maxConnectionAge(connectionAge.toMillis(), TimeUnit.MILLISECONDS)
                .maxConnectionAgeGrace(5, TimeUnit.SECONDS)
                .build();
    }

    /** Calls that are under way finish, and clients make their next ones elsewhere. */
    private static void end(Server server, HealthStatusManager health) {
        health.enterTerminalState();
        server.shutdown();
        try {
            if (!server.awaitTermination(5, TimeUnit.SECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
