package io.remora.lab.app;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An HTTP server that is sick as long as a file exists: it accepts every connection, reads the request and resets. Its pod
 * would still be ready.
 */
final class Sickly implements Servers.Handler {
    private final String name;
    private final Path sickFile;

    Sickly(String name, Path sickFile) {
        this.name = name;
        this.sickFile = sickFile;
    }

    @Override
    public void handle(Socket connection) throws IOException {
        try (Socket socket = connection) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            for (String line = in.readLine(); line != null && !line.isEmpty(); ) {
                line = in.readLine();
            }
            if (Files.exists(sickFile)) {
                socket.setSoLinger(true, 0);
                return;
            }
            String answer = "HTTP/1.1 200 OK\r\nContent-Length: " + (name.length() + 1)
                    + "\r\nConnection: close\r\n\r\n" + name + "\n";
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        }
    }
}
