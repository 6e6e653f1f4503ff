package io.remora.lab.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;

/**
 * Half-close, both ways. First the client: it sends to an echo server, ends its output, and must still read all of it and
 * then the end. First the server: a {@code half} server says its name and ends its output, and must still read all that the
 * client sends afterwards; it logs what it got.
 */
final class HalfClose {
    private static final int TIMEOUT_MILLIS = 30_000;

    private HalfClose() {}

    static void serve(Socket socket, String name) throws IOException {
        try (socket) {
            socket.getOutputStream().write((name + "\n").getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            CRC32 crc = new CRC32();
            long bytes = 0;
            byte[] buffer = new byte[16 * 1024];
            InputStream in = socket.getInputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                crc.update(buffer, 0, read);
                bytes += read;
            }
            System.out.println("half-closed connection received " + bytes + " bytes crc " + crc.getValue());
        }
    }

    static int client(Arguments arguments) throws IOException, InterruptedException {
        int bytes = arguments.number("bytes", 1_000_000);
        boolean serverFirst = arguments.text("first", "client").equals("server");
        try (Socket socket = new Socket()) {
            socket.connect(arguments.target(), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            byte[] data = new byte[bytes];
            new Random(bytes).nextBytes(data);
            Map<String, Object> result = serverFirst ? serverFirst(socket, data) : clientFirst(socket, data);
            System.out.println(Json.of(result));
            return Boolean.TRUE.equals(result.get("ok")) ? 0 : 1;
        }
    }

    private static Map<String, Object> clientFirst(Socket socket, byte[] data)
            throws IOException, InterruptedException {
        Thread writer = Threads.daemon("writer", () -> {
            socket.getOutputStream().write(data);
            socket.shutdownOutput();
        });
        byte[] echoed = socket.getInputStream().readAllBytes();
        writer.join();
        return result(echoed.length, crc(echoed), Arrays.equals(data, echoed));
    }

    private static Map<String, Object> serverFirst(Socket socket, byte[] data) throws IOException {
        byte[] greeting = socket.getInputStream().readAllBytes();
        OutputStream out = socket.getOutputStream();
        out.write(data);
        socket.shutdownOutput();
        return result(data.length, crc(data), greeting.length > 0);
    }

    private static Map<String, Object> result(int bytes, long crc, boolean ok) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("ok", ok);
        result.put("bytes", bytes);
        result.put("crc", crc);
        return result;
    }

    private static long crc(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }
}
