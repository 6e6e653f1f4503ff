package io.remora.lab.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/** The server program: one process that serves each protocol on a port of its own, on all addresses. */
final class Servers {
    private static final int BACKLOG = 4096;

    private Servers() {}

    /** What a thread does with one accepted connection. It closes it, or lets it go on elsewhere. */
    interface Handler {
        void handle(Socket socket) throws IOException, InterruptedException;
    }

    /** Serves until the process is killed. */
    static int run(Arguments arguments) throws IOException, InterruptedException {
        String name = arguments.text("name", "server");
        if (arguments.has("http")) {
            http(name, arguments.number("http", 0));
        }
        if (arguments.has("greeting")) {
            EchoServer.start(arguments.number("greeting", 0), name + "\n");
        }
        if (arguments.has("echo")) {
            EchoServer.start(arguments.number("echo", 0), "");
        }
        if (arguments.has("bulk")) {
            accept(arguments.number("bulk", 0), Bulk::serve);
        }
        if (arguments.has("reset")) {
            accept(arguments.number("reset", 0), socket -> Reset.serve(socket, name));
        }
        if (arguments.has("sickly")) {
            accept(arguments.number("sickly", 0), new Sickly(name, Path.of(arguments.text("sick-file", "/run/sick"))));
        }
        if (arguments.has("half")) {
            accept(arguments.number("half", 0), socket -> HalfClose.serve(socket, name));
        }
        if (arguments.has("peer")) {
            accept(arguments.number("peer", 0), Servers::tellPeer);
        }
        if (arguments.has("udp")) {
            Udp.serve(arguments.number("udp", 0), name);
        }
        System.out.println("serving");
        new CountDownLatch(1).await();
        return 0;
    }

    /**
     * {@code /} answers the server's name, {@code /status/N} answers with that status, {@code /slow/N} after N ms, and
     * {@code /bytes/N} with N bytes. Connections are kept alive unless the client asks to close them.
     */
    private static void http(String name, int port) throws IOException {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        System.setProperty("sun.net.httpserver.maxIdleConnections", "10000");
        HttpServer server = HttpServer.create(new InetSocketAddress(port), BACKLOG);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", exchange -> answer(exchange, 200, name + "\n"));
        server.createContext("/status/", exchange -> answer(exchange, lastNumber(exchange), name + "\n"));
        server.createContext("/bytes/", exchange -> answer(exchange, 200, "x".repeat(lastNumber(exchange))));
        server.createContext("/slow/", exchange -> {
            try {
                Thread.sleep(lastNumber(exchange));
                answer(exchange, 200, name + "\n");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                exchange.close();
            }
        });
        server.start();
    }

    private static int lastNumber(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        return Integer.parseInt(path.substring(path.lastIndexOf('/') + 1));
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    /** Says whose address the connection comes from. */
    private static void tellPeer(Socket connection) throws IOException {
        try (Socket socket = connection) {
            String line = socket.getInetAddress().getHostAddress() + "\n";
            socket.getOutputStream().write(line.getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** Hands every connection to a thread of its own. */
    private static void accept(int port, Handler handler) throws IOException {
        ServerSocket server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(port), BACKLOG);
        Threads.daemon("accept-" + port, () -> {
            while (true) {
                Socket socket = server.accept();
                Threads.daemon("connection-" + port, () -> handler.handle(socket));
            }
        });
    }
}
