package io.remora.netfilter;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A server for a test namespace: {@code MODE ADDRESS PORT WORD}. {@code greet} sends the word to every TCP connection
 * and in answer to every UDP packet; {@code hold} accepts and keeps; {@code reset} accepts and resets; {@code ignore}
 * never accepts. Prints "ready" and ends when its standard input does.
 */
final class TestPeer {

    private static final List<Socket> HELD = new ArrayList<>();

    private TestPeer() {}

    public static void main(String[] args) throws IOException {
        String mode = args[0];
        InetSocketAddress address = new InetSocketAddress(args[1], Integer.parseInt(args[2]));
        byte[] word = (args[3] + "\n").getBytes(StandardCharsets.US_ASCII);
        ServerSocket listener = new ServerSocket();
        listener.bind(address, 64);
        if (mode.equals("greet")) {
            DatagramSocket datagrams = new DatagramSocket(address);
            daemon(() -> answer(datagrams, word));
        }
        if (!mode.equals("ignore")) {
            daemon(() -> accept(listener, mode, word));
        }
        System.out.println("ready");
        while (System.in.read() >= 0) {
            // until the test closes it
        }
        System.exit(0);
    }

    private interface Loop {
        void run() throws IOException;
    }

    private static void daemon(Loop loop) {
        Thread thread = new Thread(() -> {
            try {
                loop.run();
            } catch (IOException closed) {
                System.err.println(closed);
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static void accept(ServerSocket listener, String mode, byte[] word) throws IOException {
        while (true) {
            Socket socket = listener.accept();
            if (mode.equals("hold")) {
                HELD.add(socket);
                continue;
            }
            try (socket) {
                if (mode.equals("reset")) {
                    socket.setSoLinger(true, 0);
                } else {
                    socket.getOutputStream().write(word);
                }
            } catch (IOException gone) {
                System.err.println(gone);
            }
        }
    }

    private static void answer(DatagramSocket datagrams, byte[] word) throws IOException {
        while (true) {
            DatagramPacket packet = new DatagramPacket(new byte[16], 16);
            datagrams.receive(packet);
            datagrams.send(new DatagramPacket(word, word.length, packet.getSocketAddress()));
        }
    }
}
