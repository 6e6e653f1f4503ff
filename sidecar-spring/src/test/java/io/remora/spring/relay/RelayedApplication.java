package io.remora.spring.relay;

import io.remora.embedded.EmbeddedRelay;
import io.remora.embedded.Remora;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * An application that knows nothing of Remora but its starter: it dials with plain sockets. It does what it is told, line by
 * line, on port {@value #CONTROL} of its loopback.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class RelayedApplication {

    static final int CONTROL = 7000;

    private static final int PATIENCE_MILLIS = 15_000;

    public static void main(String[] arguments) throws IOException {
        ConfigurableApplicationContext context = SpringApplication.run(RelayedApplication.class, arguments);
        try (ServerSocket control = new ServerSocket(CONTROL)) {
            System.out.println("serving");
            while (true) {
                try (Socket asked = control.accept()) {
                    BufferedReader in =
                            new BufferedReader(new InputStreamReader(asked.getInputStream(), StandardCharsets.UTF_8));
                    PrintWriter out = new PrintWriter(asked.getOutputStream(), true, StandardCharsets.UTF_8);
                    out.println(answer(context, in.readLine().split(" ", -1)));
                }
            }
        }
    }

    private static String answer(ConfigurableApplicationContext context, String[] question) throws IOException {
        return switch (question[0]) {
            case "dial" -> dial(question[1], Integer.parseInt(question[2]), Integer.parseInt(question[3]));
            case "early" -> context.getBean(Early.class).heard();
            case "synced" ->
                Boolean.toString(
                        context.getBean(Remora.class).registry().snapshot().synced());
            case "services" ->
                Integer.toString(
                        context.getBean(Remora.class).registry().snapshot().serviceCount());
            case "active" ->
                Integer.toString(context.getBean(EmbeddedRelay.class).active());
            case "memory" -> memory();
            default -> throw new IllegalArgumentException(question[0]);
        };
    }

    /** Dials so often, one after the other, and tells who spoke how often, and the median of the connects in microseconds. */
    private static String dial(String address, int port, int count) {
        Map<String, Integer> heard = new TreeMap<>();
        long[] nanos = new long[count];
        for (int i = 0; i < count; i++) {
            long begun = System.nanoTime();
            String who;
            try {
                who = greeting(address, port);
            } catch (IOException e) {
                who = "failed";
            }
            nanos[i] = System.nanoTime() - begun;
            heard.merge(who, 1, Integer::sum);
        }
        Arrays.sort(nanos);
        return heard + " " + nanos[count / 2] / 1000;
    }

    /** The server speaks first. */
    static String greeting(String address, int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(new InetSocketAddress(address, port), PATIENCE_MILLIS);
            String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
            return line == null ? "failed" : line;
        }
    }

    /** Resident kilobytes, after a collection, and open descriptors. */
    private static String memory() throws IOException {
        System.gc();
        String resident = Files.readString(Path.of("/proc/self/status"))
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .findFirst()
                .orElse("");
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return resident.replaceAll("[^0-9]", "") + " " + descriptors.count();
        }
    }

    /** Dials while it is made, as a pool of database connections does; nothing is dialled without {@code early.address}. */
    record Early(String heard) {}

    @Bean
    static Early early(Environment environment) throws IOException {
        String address = environment.getProperty("early.address", "");
        return new Early(address.isEmpty() ? "" : greeting(address, 80));
    }
}
