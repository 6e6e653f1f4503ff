package io.remora.netfilter;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What the kernel says about this process and its namespaces, in {@code /proc/self}. */
final class ProcSelf {

    private static final int CAP_NET_ADMIN = 12;
    private static final int DEFAULT_LAST_EPHEMERAL_PORT = 60999;
    private static final String LOOPBACK6 = "00000000000000000000000000000001";

    private final String root;

    /** @param root {@code /proc/self}, or a folder like it */
    ProcSelf(String root) {
        this.root = root;
    }

    /** Whether CAP_NET_ADMIN is effective, in this process's own user namespace. */
    boolean hasNetAdmin() {
        String mask = statusField("CapEff:", 1);
        // The mask is hexadecimal; bit 12 is the lowest of the fourth digit from the right.
        int at = mask.length() - 1 - CAP_NET_ADMIN / 4;
        return at >= 0 && (Character.digit(mask.charAt(at), 16) & (1 << (CAP_NET_ADMIN % 4))) != 0;
    }

    /** The user that sockets of this process belong to (the file system uid, which the owner match compares). */
    long socketUid() {
        return Numbers.parseLong(statusField("Uid:", 4));
    }

    /** The group that sockets of this process belong to. */
    long socketGid() {
        return Numbers.parseLong(statusField("Gid:", 4));
    }

    /** Whether the user exists in this user namespace; user_namespaces(7). */
    boolean mapsUid(long uid) {
        return maps(read("uid_map"), uid);
    }

    /** Whether the group exists in this user namespace. */
    boolean mapsGid(long gid) {
        return maps(read("gid_map"), gid);
    }

    /** The mapping in one line, for people. */
    String idMap(String file) {
        StringBuilder text = new StringBuilder();
        for (String line : Text.lines(read(file))) {
            text.append(text.length() == 0 ? "" : "; ").append(String.join(" ", Text.words(line)));
        }
        return text.toString();
    }

    /** Whether this network namespace has tables of the legacy backend (which appear when first used). */
    boolean hasLegacyTables(Family family) {
        return !legacyTables(family).isBlank();
    }

    /** Whether one of them is the nat table. */
    boolean hasLegacyNat(Family family) {
        return Text.lines(legacyTables(family)).contains("nat");
    }

    /** Whether the kernel has IPv6 and this network namespace has ::1, where REDIRECT lands. */
    boolean hasIpv6Loopback() {
        return read("net/if_inet6").contains(LOOPBACK6);
    }

    /** Whether the kernel has IPv6 at all. */
    boolean hasIpv6() {
        return new File(root, "net/if_inet6").exists();
    }

    /** The last port that the kernel gives to a socket that asked for none; ip(7), {@code ip_local_port_range}. */
    int lastEphemeralPort() {
        List<String> range = Text.words(read("../sys/net/ipv4/ip_local_port_range"));
        int last = range.size() == 2 ? Numbers.parseInt(range.get(1)) : -1;
        return last < 0 ? DEFAULT_LAST_EPHEMERAL_PORT : last;
    }

    /** A file below the root; empty when it is not there. */
    String read(String file) {
        try (FileInputStream in = new FileInputStream(root + "/" + file)) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException absent) {
            return "";
        }
    }

    private String legacyTables(Family family) {
        return read(family == Family.IPV4 ? "net/ip_tables_names" : "net/ip6_tables_names");
    }

    private String statusField(String name, int index) {
        for (String line : Text.lines(read("status"))) {
            if (line.startsWith(name)) {
                List<String> words = Text.words(line);
                return index < words.size() ? words.get(index) : "";
            }
        }
        return "";
    }

    private static boolean maps(String map, long id) {
        for (String line : Text.lines(map)) {
            List<String> words = Text.words(line);
            if (words.size() == 3) {
                long first = Numbers.parseLong(words.get(0));
                if (id >= first && id - first < Numbers.parseLong(words.get(2))) {
                    return true;
                }
            }
        }
        return false;
    }
}
