package io.remora.benchmark.clients;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Main class of a DNS server for a cluster's Services, over UDP: answers A records from a file that it reads for each question,
 * so that nothing is older than the file. A line is a name and its addresses, with blanks. Like CoreDNS it shuffles the
 * addresses and gives them a TTL of 5 s; what it does not know does not exist.
 *
 * <p>Arguments: the address to listen on, the file.
 */
final class ZoneServer {
    private static final int PORT = 53;
    private static final int TTL_SECONDS = 5;
    private static final int HEADER = 12;
    private static final int TYPE_A = 1;
    private static final int ANSWER = 0x8580; // a response, authoritative, recursion desired and available
    private static final int NO_SUCH_NAME = 3;

    private ZoneServer() {}

    public static void main(String[] arguments) throws IOException {
        Path zone = Path.of(arguments[1]);
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(arguments[0], PORT))) {
            System.out.println("serving");
            byte[] buffer = new byte[1500];
            while (true) {
                DatagramPacket question = new DatagramPacket(buffer, buffer.length);
                socket.receive(question);
                if (question.getLength() > HEADER) {
                    byte[] answer = answer(buffer, question.getLength(), zone);
                    socket.send(new DatagramPacket(answer, answer.length, question.getSocketAddress()));
                }
            }
        }
    }

    /** The answer to the only question of a message. */
    static byte[] answer(byte[] message, int length, Path zone) throws IOException {
        StringBuilder name = new StringBuilder();
        int at = HEADER;
        while (at < length && message[at] != 0) {
            int label = message[at] & 0xff;
            name.append(name.isEmpty() ? "" : ".");
            for (int i = 1; i <= label && at + i < length; i++) {
                name.append((char) (message[at + i] & 0xff));
            }
            at += label + 1;
        }
        int end = Math.min(at + 5, length);
        int type = (message[end - 4] & 0xff) << 8 | message[end - 3] & 0xff;
        List<String> addresses = new ArrayList<>();
        boolean known = find(zone, name.toString().toLowerCase(Locale.ROOT), addresses);
        if (type != TYPE_A) {
            addresses.clear();
        }
        Collections.shuffle(addresses);

        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(message, 0, 2);
        out.writeShort(ANSWER | (known ? 0 : NO_SUCH_NAME));
        out.writeShort(1);
        out.writeShort(addresses.size());
        out.writeInt(0);
        out.write(message, HEADER, end - HEADER);
        for (String address : addresses) {
            out.writeShort(0xc000 | HEADER);
            out.writeShort(TYPE_A);
            out.writeShort(1);
            out.writeInt(TTL_SECONDS);
            out.writeShort(4);
            out.write(InetAddress.getByName(address).getAddress());
        }
        return bytes.toByteArray();
    }

    private static boolean find(Path zone, String name, List<String> addresses) throws IOException {
        for (String line : Files.readAllLines(zone)) {
            List<String> words = List.of(line.split(" ", -1));
            if (words.get(0).equals(name)) {
                addresses.addAll(words.subList(1, words.size()));
                return true;
            }
        }
        return false;
    }
}
