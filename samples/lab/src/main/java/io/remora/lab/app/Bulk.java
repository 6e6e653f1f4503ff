package io.remora.lab.app;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32;

/**
 * Sends many bytes both ways at once, each side reading as slowly as it is told, and compares checksums. The client begins
 * with a line {@code UP DOWN RATE}; the server ends with a line {@code CRC-OF-UP CRC-OF-DOWN}.
 */
final class Bulk {
    private static final int BLOCK = 64 * 1024;
    private static final int TIMEOUT_MILLIS = 60_000;

    private Bulk() {}

    static void serve(Socket socket) throws IOException {
        try (socket) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            InputStream in = new BufferedInputStream(socket.getInputStream(), BLOCK);
            String[] header = line(in).split(" ", -1);
            long up = Long.parseLong(header[0]);
            long down = Long.parseLong(header[1]);
            long rate = Long.parseLong(header[2]);
            CompletableFuture<Long> sent = sending(socket.getOutputStream(), down, 2);
            long received = receive(in, up, rate);
            String trailer = received + " " + sent.join() + "\n";
            socket.getOutputStream().write(trailer.getBytes(StandardCharsets.US_ASCII));
        }
    }

    static int client(Arguments arguments) throws IOException {
        long up = arguments.longNumber("up", 1 << 20);
        long down = arguments.longNumber("down", 1 << 20);
        try (Socket socket = new Socket()) {
            socket.connect(arguments.target(), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            long begin = System.nanoTime();
            String header = up + " " + down + " " + arguments.longNumber("server-rate", 0) + "\n";
            socket.getOutputStream().write(header.getBytes(StandardCharsets.US_ASCII));
            CompletableFuture<Long> sent = sending(socket.getOutputStream(), up, 1);
            InputStream in = new BufferedInputStream(socket.getInputStream(), BLOCK);
            long received = receive(in, down, arguments.longNumber("client-rate", 0));
            String trailer = line(in);
            boolean ok = trailer.equals(sent.join() + " " + received);
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("ok", ok);
            result.put("up", up);
            result.put("down", down);
            result.put("millis", (System.nanoTime() - begin) / 1_000_000);
            result.put("crcUp", sent.join());
            result.put("crcDown", received);
            result.put("server", trailer);
            System.out.println(Json.of(result));
            return ok ? 0 : 1;
        }
    }

    /** Sends pseudo-random bytes from a thread of its own; the result is their checksum. */
    private static CompletableFuture<Long> sending(OutputStream out, long bytes, long seed) {
        CompletableFuture<Long> sum = new CompletableFuture<>();
        Threads.daemon("sender", () -> {
            try {
                CRC32 crc = new CRC32();
                Random random = new Random(seed);
                byte[] block = new byte[BLOCK];
                for (long left = bytes; left > 0; left -= BLOCK) {
                    random.nextBytes(block);
                    int length = (int) Math.min(left, BLOCK);
                    crc.update(block, 0, length);
                    out.write(block, 0, length);
                }
                sum.complete(crc.getValue());
            } catch (IOException e) {
                sum.completeExceptionally(e);
            }
        });
        return sum;
    }

    /** Reads so many bytes, no faster than {@code rate} bytes/s (0: as fast as they come). */
    private static long receive(InputStream in, long bytes, long rate) throws IOException {
        CRC32 crc = new CRC32();
        byte[] block = new byte[BLOCK];
        long begin = System.nanoTime();
        long got = 0;
        while (got < bytes) {
            int read = in.read(block, 0, (int) Math.min(BLOCK, bytes - got));
            if (read < 0) {
                throw new IOException("the stream ended after " + got + " of " + bytes + " bytes");
            }
            crc.update(block, 0, read);
            got += read;
            if (rate > 0) {
                long due = begin + (long) (got * 1e9 / rate);
                LockSupport.parkNanos(due - System.nanoTime());
            }
        }
        return crc.getValue();
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("the stream ended within a line: " + line);
            }
            line.append((char) c);
        }
        return line.toString();
    }
}
