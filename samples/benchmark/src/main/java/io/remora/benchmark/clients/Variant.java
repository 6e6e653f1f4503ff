package io.remora.benchmark.clients;

import io.remora.lab.caller.CallerProgram;
import java.util.List;
import java.util.Map;

/**
 * A balancer with some settings: a row of the table.
 *
 * @param protocol {@code REST} or {@code gRPC}
 * @param name what the row is called
 * @param program the application, with the balancer on its class path
 * @param target what it calls
 * @param properties of Spring Boot, {@code --NAME=VALUE}
 * @param environment variables, on top of those that all have
 * @param servers properties of the servers
 */
record Variant(
        String protocol,
        String name,
        CallerProgram program,
        String target,
        List<String> properties,
        Map<String, String> environment,
        List<String> servers) {
    Variant {
        properties = List.copyOf(properties);
        environment = Map.copyOf(environment);
        servers = List.copyOf(servers);
    }

    boolean isGrpc() {
        return protocol.equals("gRPC");
    }

    /** What its servers are. */
    String role() {
        return isGrpc() ? "grpc" : "web";
    }

    /** The client that it calls by. */
    String client() {
        return isGrpc() ? "grpc" : "rest";
    }
}
