package io.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.remora.config.AdminConfig;
import io.remora.discovery.IpAddress;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

@Timeout(30)
class EndpointsCommandTest {

    private static final String EMPTY =
            "{\"status\":{\"state\":\"ready\",\"reasons\":[],\"synced\":true},\"destinations\":[],\"unbalanced\":[]}";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @ValueSource(strings = {"<html></html>", "", "null", "[]", "{}", "{\"status\":\"ok\"}"})
    void whatIsNotAnAgentsJsonIsSaid(String body) throws IOException {
        for (HttpResponseStatus status : List.of(HttpResponseStatus.OK, HttpResponseStatus.NOT_FOUND)) {
            assertThat(endpoints(status, AdminResponse.JSON, body, "http://")).isEqualTo(2);
        }
        assertThat(err.toString().lines())
                .hasSize(2)
                .allMatch(line -> line.startsWith("what answers at http://127.0.0.1:")
                        && line.endsWith(" is no Remora agent: the answer is not an agent's JSON"));
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aWebPageIsNoAgent() throws IOException {
        assertThat(endpoints(HttpResponseStatus.OK, "text/html", "<html></html>", ""))
                .isEqualTo(2);
        assertThat(err.toString()).contains("is no Remora agent: HTTP 200 with text/html");
    }

    @Test
    void anAgentThatDoesNotKnowAllYetHasAnExitCodeOfItsOwn() throws IOException {
        String early = EMPTY.replace("\"synced\":true", "\"synced\":false").replace("ready", "starting");
        String notFound = "{\"error\":\"no Service named 'web'\",\"near\":[],\"synced\":false}";

        assertThat(endpoints(HttpResponseStatus.OK, AdminResponse.JSON, early, ""))
                .isEqualTo(3);
        assertThat(endpoints(HttpResponseStatus.NOT_FOUND, AdminResponse.JSON, notFound, ""))
                .isEqualTo(3);
        assertThat(err.toString().lines())
                .filteredOn(line -> line.startsWith("The agent has not read all Services"))
                .hasSize(2);
        assertThat(endpoints(HttpResponseStatus.NOT_FOUND, AdminResponse.JSON, notFound.replace("false", "true"), ""))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "http://"})
    void theSchemeMayBeLeftOut(String scheme) throws IOException {
        assertThat(endpoints(HttpResponseStatus.OK, AdminResponse.JSON, EMPTY, scheme))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).isEqualTo("No Services are known.\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://127.0.0.1:1", "a b", "127.0.0.1:99999", ""})
    void whatIsNoAddressIsSaid(String address) {
        assertThat(run(address)).isEqualTo(2);
        assertThat(err.toString()).startsWith("--admin must be like");
    }

    private int endpoints(HttpResponseStatus status, String type, String body, String scheme) throws IOException {
        AdminRoutes routes = new AdminRoutes()
                .get(
                        "/services",
                        "an answer",
                        request -> new AdminResponse(status, type, body.getBytes(StandardCharsets.UTF_8), null, null));
        try (AdminServer server = new AdminServer(routes)) {
            int port = server.bind(new AdminConfig(List.of(IpAddress.parse("127.0.0.1")), 0))
                    .get(0)
                    .port();
            return run(scheme + "127.0.0.1:" + port);
        }
    }

    private int run(String address) {
        CommandLine command = new CommandLine(new EndpointsCommand());
        command.setOut(new PrintWriter(out, true));
        command.setErr(new PrintWriter(err, true));
        return command.execute("--admin", address);
    }
}
