package io.remora.lab.api;

import io.remora.lab.api.embedded.EmbeddedConfig;
import io.remora.lab.api.embedded.EmbeddedServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** The embedded API server as a program. It runs until it is killed; its objects survive in the data file. */
public final class EmbeddedApiServer {
    private static final String USAGE = """
            usage: EmbeddedApiServer --listen ADDRESS:PORT [--data FILE] [--token TOKEN] [--tls-cert FILE --tls-key FILE]
                   [--history CHANGES] [--bookmark-interval MILLISECONDS] [--too-old-as-http true|false]""";

    private EmbeddedApiServer() {}

    /** Logs {@code listening on ADDRESS:PORT} when it is ready; a wrong argument ends it with exit code 2. */
    public static void main(String[] arguments) throws InterruptedException {
        EmbeddedServer server;
        try {
            server = start(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "\n" + USAGE);
            System.exit(2);
            return;
        }
        System.out.println("listening on " + server.address());
        new CountDownLatch(1).await();
    }

    private static EmbeddedServer start(String[] arguments) {
        EmbeddedConfig config = EmbeddedConfig.DEFAULT;
        InetSocketAddress listen = null;
        Path certificate = null;
        Path key = null;
        if (arguments.length % 2 != 0) {
            throw new IllegalArgumentException("every option needs a value");
        }
        for (int i = 0; i < arguments.length; i += 2) {
            String value = arguments[i + 1];
            switch (arguments[i]) {
                case "--listen" -> listen = address(value);
                case "--data" -> config = config.withData(Path.of(value));
                case "--tls-cert" -> certificate = Path.of(value);
                case "--tls-key" -> key = Path.of(value);
                case "--token" -> config = config.withAdminToken(value);
                case "--history" -> config = config.withHistoryLimit(Integer.parseInt(value));
                case "--bookmark-interval" ->
                    config = config.withBookmarkInterval(Duration.ofMillis(Long.parseLong(value)));
                case "--too-old-as-http" -> config = config.withTooOldAsHttp(Boolean.parseBoolean(value));
                default -> throw new IllegalArgumentException("unknown option " + arguments[i]);
            }
        }
        if (listen == null) {
            throw new IllegalArgumentException("--listen is required");
        }
        if (certificate == null && key == null) {
            return new EmbeddedServer(listen, config);
        }
        if (certificate == null || key == null) {
            throw new IllegalArgumentException("--tls-cert and --tls-key go together");
        }
        return new EmbeddedServer(listen, config.withTls(certificate, key));
    }

    private static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        try {
            String host = text.substring(0, Math.max(colon, 0)).replaceAll("[\\[\\]]", "");
            if (!host.matches("[0-9a-fA-F:.]+")) {
                throw new IllegalArgumentException("--listen must be ADDRESS:PORT with an IP address: " + text);
            }
            return new InetSocketAddress(InetAddress.getByName(host), Integer.parseInt(text.substring(colon + 1)));
        } catch (UnknownHostException | NumberFormatException e) {
            throw new IllegalArgumentException("--listen must be ADDRESS:PORT with an IP address: " + text, e);
        }
    }
}
