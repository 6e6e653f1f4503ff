import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * Runs the agent once as it will run, so that the archive of classes made of the run has what a start needs: an API server over
 * TLS that knows one Service, a few connections, and the pages that probes and Prometheus read. {@code Training JDK PROGRAM}.
 */
public final class Training {

    private static final String PASSWORD = "training";
    private static final long LIMIT_SECONDS = 120;

    private static final String SERVICES = """
            {"kind":"ServiceList","apiVersion":"v1","metadata":{"resourceVersion":"10"},"items":[
            {"metadata":{"name":"stock","namespace":"shop","uid":"u1","resourceVersion":"5"},
             "spec":{"type":"ClusterIP","clusterIP":"10.96.0.20","clusterIPs":["10.96.0.20"],
                     "ports":[{"name":"http","port":80,"protocol":"TCP"}]}}]}
            """;
    private static final String SLICES = """
            {"kind":"EndpointSliceList","apiVersion":"discovery.k8s.io/v1","metadata":{"resourceVersion":"10"},"items":[
            {"metadata":{"name":"stock-a","namespace":"shop","uid":"s1","resourceVersion":"5",
                         "labels":{"kubernetes.io/service-name":"stock"}},
             "addressType":"IPv4","ports":[{"name":"http","port":8080,"protocol":"TCP"}],
             "endpoints":[{"addresses":["10.244.1.3"],"conditions":{"ready":true},"zone":"zone-a","nodeName":"node-1",
               "targetRef":{"kind":"Pod","namespace":"shop","name":"stock-0","uid":"p0"}}]}]}
            """;
    /** Becomes ready while it is watched. */
    private static final String EVENT = """
            {"type":"MODIFIED","object":{"kind":"EndpointSlice","apiVersion":"discovery.k8s.io/v1","metadata":
            {"name":"stock-a","namespace":"shop","uid":"s1","resourceVersion":"11",
             "labels":{"kubernetes.io/service-name":"stock"}},
             "addressType":"IPv4","ports":[{"name":"http","port":8080,"protocol":"TCP"}],
             "endpoints":[{"addresses":["10.244.1.4"],"conditions":{"ready":true}}]}}
            """.replace("\n", "") + "\n";

    private Training() {}

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory("training");
        int admin = freePort();
        int capture = freePort();
        HttpsServer api = apiServer(Path.of(args[0]), folder);
        Path kubeconfig = folder.resolve("kubeconfig");
        Files.writeString(kubeconfig, """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "https://127.0.0.1:%d", certificate-authority: "%s"}}]
                contexts: [{name: c, context: {cluster: c, user: u}}]
                users: [{name: u, user: {token: training}}]
                current-context: c
                """.formatted(api.getAddress().getPort(), folder.resolve("ca.pem")));
        ProcessBuilder builder = new ProcessBuilder(
                        args[1], "agent", "--admin-port", "" + admin, "--capture-port", "" + capture, "--refusal", "off")
                .inheritIO();
        builder.environment().put("KUBECONFIG", kubeconfig.toString());
        Process agent = builder.start();
        try {
            awaitReady(agent, admin);
            for (String page : List.of("/metrics", "/services", "/config", "/explain?target=10.96.0.20:80", "/live", "/")) {
                status(admin, page);
            }
            connect(capture);
        } finally {
            agent.destroy();
            if (!agent.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                agent.destroyForcibly();
                throw new IOException("the agent did not end within " + LIMIT_SECONDS + " s");
            }
            api.stop(0);
        }
        System.exit(agent.exitValue());
    }

    private static void awaitReady(Process agent, int admin) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (status(admin, "/ready") != 200) {
            if (!agent.isAlive() || System.nanoTime() > until) {
                throw new IOException("the agent did not become ready");
            }
            Thread.sleep(20);
        }
    }

    /** -1 while nobody listens. */
    private static int status(int port, String page) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create("http://127.0.0.1:" + port + page).toURL().openConnection();
            int status = connection.getResponseCode();
            try (InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                body.readAllBytes();
            }
            return status;
        } catch (IOException e) {
            return -1;
        }
    }

    /** No rule has handed it over, so the agent ends it. */
    private static void connect(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            while (socket.getInputStream().read() >= 0) {}
        } catch (IOException e) {
            // reset, as expected
        }
    }

    private static HttpsServer apiServer(Path jdk, Path folder) throws Exception {
        Path store = folder.resolve("store.p12");
        keytool(jdk, "-genkeypair", "-alias", "api", "-keyalg", "EC", "-dname", "CN=api", "-ext", "san=ip:127.0.0.1",
                "-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", PASSWORD);
        keytool(jdk, "-exportcert", "-alias", "api", "-rfc", "-file", folder.resolve("ca.pem").toString(),
                "-keystore", store.toString(), "-storepass", PASSWORD);
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(managers.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/api/v1/services", exchange -> answer(exchange, SERVICES, ""));
        server.createContext("/apis/discovery.k8s.io/v1/endpointslices", exchange -> answer(exchange, SLICES, EVENT));
        server.start();
        return server;
    }

    private static void keytool(Path jdk, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(jdk.resolve("bin/keytool").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        if (builder.start().waitFor() != 0) {
            throw new IOException("keytool failed: " + command);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void answer(HttpExchange exchange, String list, String event) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        String query = exchange.getRequestURI().getQuery();
        if (query != null && query.contains("watch=")) {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(event.getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            return; // stays open
        }
        byte[] body = list.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
