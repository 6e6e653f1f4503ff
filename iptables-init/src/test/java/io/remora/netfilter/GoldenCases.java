package io.remora.netfilter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Configurations whose rules are kept as text in {@code src/test/resources/rules}, one file per case and family. */
final class GoldenCases {

    /**
     * One configuration.
     *
     * @param name of the files
     * @param args the program's arguments
     * @param environment its variables
     */
    record Case(String name, List<String> args, Map<String, String> environment) {

        CaptureConfig config() {
            Command command = Settings.parse(args, environment);
            if (command instanceof Command.Apply apply) {
                return apply.capture();
            }
            throw new IllegalStateException("not a case of rules: " + args);
        }

        Path file(Family family) {
            return Path.of("src/test/resources/rules", name + "." + family.program() + ".txt");
        }

        String golden(Family family) throws IOException {
            return Files.readString(file(family));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private GoldenCases() {}

    static Stream<Case> all() {
        return Stream.of(
                golden("defaults", "--service-cidr", "10.96.0.0/16"),
                golden("ipv6-only", "--service-cidr", "fd00:10:96::/112"),
                golden("dual-stack", "--service-cidr", "10.96.0.0/16,fd00:10:96::/108"),
                golden("several-cidrs", "--service-cidr", "10.96.0.0/12", "--service-cidr", "172.20.0.0/16"),
                golden("single-cluster-ips", "--service-cidr", "10.96.0.10,10.96.7.7,fd00:10:96::a"),
                golden(
                        "other-agent",
                        "--service-cidr",
                        "10.96.0.0/16",
                        "--capture-port",
                        "16001",
                        "--proxy-uid",
                        "2102",
                        "--proxy-gid",
                        "2103"),
                golden(
                        "highest-ids",
                        "--service-cidr",
                        "10.96.0.0/16",
                        "--proxy-uid",
                        "4294967294",
                        "--proxy-gid",
                        "4294967294"),
                golden(
                        "same-user",
                        "--service-cidr",
                        "10.96.0.0/16,fd00:10:96::/112",
                        "--proxy-dscp",
                        "3",
                        "--exclude-port",
                        "25"),
                new Case(
                        "same-user-by-variables",
                        List.of("--service-cidr", "10.96.0.0/16"),
                        Map.of("REMORA_PROXY_DSCP", "46", "KUBERNETES_SERVICE_HOST", "10.96.0.1")),
                golden(
                        "excluded-cidrs",
                        "--service-cidr",
                        "10.96.0.0/16,fd00:10:96::/112",
                        "--exclude-cidr",
                        "10.96.0.10",
                        "--exclude-cidr",
                        "10.96.128.0/17,fd00:10:96::/120"),
                golden("excluded-port", "--service-cidr", "10.96.0.0/16", "--exclude-port", "25"),
                golden(
                        "excluded-ports",
                        "--service-cidr",
                        "10.96.0.0/16,fd00:10:96::/112",
                        "--exclude-port",
                        "25,587,3306",
                        "--exclude-port",
                        "9300-9400"),
                golden("excluded-ports-merge", "--service-cidr", "10.96.0.0/16", "--exclude-port", "80,81,82-90,85"),
                golden(
                        "sixteen-excluded-ports",
                        "--service-cidr",
                        "10.96.0.0/16",
                        "--exclude-port",
                        "1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31"),
                golden(
                        "eight-excluded-ranges",
                        "--service-cidr",
                        "10.96.0.0/16",
                        "--exclude-port",
                        "1-2,11-12,21-22,31-32,41-42,51-52,61-62,71-72"),
                golden("included-port", "--service-cidr", "10.96.0.0/16", "--include-port", "443"),
                golden(
                        "included-ports-of-two-cidrs",
                        "--service-cidr",
                        "10.96.0.0/16,10.112.0.0/16,fd00:10:96::/112",
                        "--include-port",
                        "80,443,8000-8099",
                        "--exclude-port",
                        "8080"),
                new Case(
                        "api-server",
                        List.of("--service-cidr", "10.96.0.0/16,fd00:10:96::/112"),
                        Map.of("KUBERNETES_SERVICE_HOST", "10.96.0.1")),
                new Case(
                        "api-server-ipv6",
                        List.of("--service-cidr", "10.96.0.0/16,fd00:10:96::/112"),
                        Map.of("KUBERNETES_SERVICE_HOST", "fd00:10:96::1")),
                new Case(
                        "by-variables",
                        List.of(),
                        Map.of(
                                "REMORA_CAPTURE_CIDRS",
                                "10.43.0.0/16",
                                "REMORA_CAPTURE_PORT",
                                "15101",
                                "REMORA_EXCLUDE_PORTS",
                                "5432 6379",
                                "REMORA_EXCLUDE_CIDRS",
                                "10.43.0.10/32",
                                "REMORA_SERVICE_PORT",
                                "80")));
    }

    private static Case golden(String name, String... args) {
        return new Case(name, List.of(args), Map.of());
    }
}
