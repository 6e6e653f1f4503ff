package io.remora.lab.app;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** A UDP server that answers its name, and a client that counts the answers. */
final class Udp {
    private Udp() {}

    static void serve(int port, String name) throws IOException {
        DatagramSocket socket = new DatagramSocket(port);
        byte[] answer = name.getBytes(StandardCharsets.UTF_8);
        Threads.daemon("udp-" + port, () -> {
            DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
            while (true) {
                socket.receive(packet);
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            }
        });
    }

    static int client(Arguments arguments) throws IOException {
        int count = arguments.number("count", 10);
        InetSocketAddress target = arguments.target();
        Map<String, Integer> answers = new TreeMap<>();
        int lost = 0;
        for (int i = 0; i < count; i++) {
            try (DatagramSocket socket = new DatagramSocket()) {
                socket.connect(target);
                socket.setSoTimeout(arguments.number("timeout-ms", 2000));
                socket.send(new DatagramPacket(new byte[] {'?'}, 1));
                DatagramPacket answer = new DatagramPacket(new byte[1500], 1500);
                socket.receive(answer);
                answers.merge(
                        new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8), 1, Integer::sum);
            } catch (SocketTimeoutException e) {
                lost++;
            }
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("sent", count);
        result.put("lost", lost);
        result.put("answers", answers);
        System.out.println(Json.of(result));
        return lost == 0 ? 0 : 1;
    }
}
