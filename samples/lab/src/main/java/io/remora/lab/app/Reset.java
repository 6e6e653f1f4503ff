package io.remora.lab.app;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** A server that answers early and then resets the connection, and the client that tells what it saw of both. */
final class Reset {
    /** Bytes of the early answer. */
    static final int ANSWER = 8192;
    /** Time for the answer to leave the send buffer, which a reset would empty. */
    private static final int LINGER_MILLIS = 100;

    private Reset() {}

    static void serve(Socket socket, String name) throws IOException, InterruptedException {
        try (socket) {
            String line = name + "\n";
            socket.getOutputStream()
                    .write((line + "x".repeat(ANSWER - line.length())).getBytes(StandardCharsets.UTF_8));
            Thread.sleep(LINGER_MILLIS);
            socket.setSoLinger(true, 0);
        }
    }

    static int client(Arguments arguments) throws IOException {
        int timeout = arguments.number("timeout-ms", 10_000);
        Map<String, Object> result = new LinkedHashMap<>();
        long bytes = 0;
        String end = "eof";
        try (Socket socket = new Socket()) {
            socket.connect(arguments.target(), timeout);
            socket.setSoTimeout(timeout);
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[ANSWER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                bytes += read;
            }
        } catch (IOException e) {
            end = String.valueOf(e.getMessage());
        }
        boolean reset = end.contains("reset");
        result.put("bytes", bytes);
        result.put("reset", reset);
        result.put("end", end);
        System.out.println(Json.of(result));
        return reset ? 0 : 1;
    }
}
