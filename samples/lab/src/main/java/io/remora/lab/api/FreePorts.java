package io.remora.lab.api;

import io.remora.lab.process.LabException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds ports for servers that come back to their port. They lie below the ephemeral range: while a server is away, a port of
 * that range can become the source port of any connection, even of a client that dials the server, which then is connected to
 * itself.
 */
final class FreePorts {
    private static final int FIRST = 16_000;
    private static final int COUNT = 14_000;
    private static final int TRIES = 200;

    private FreePorts() {}

    static int find(InetAddress address) {
        for (int i = 0; i < TRIES; i++) {
            int port = FIRST + ThreadLocalRandom.current().nextInt(COUNT);
            try (ServerSocket socket = new ServerSocket(port, 1, address)) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // It is taken: the next draw may be free.
            }
        }
        throw new LabException("no free port on " + address + " between " + FIRST + " and " + (FIRST + COUNT));
    }
}
