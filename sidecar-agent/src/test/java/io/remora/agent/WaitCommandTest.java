package io.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

@Timeout(30)
class WaitCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final AtomicInteger asked = new AtomicInteger();

    @SuppressWarnings("NullAway.Init") // before each test
    private HttpServer agent;

    @BeforeEach
    void start() throws IOException {
        agent = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    }

    @AfterEach
    void stop() {
        agent.stop(0);
    }

    private void readyAtAttempt(int attempt) {
        agent.createContext("/ready", exchange -> {
            exchange.sendResponseHeaders(asked.incrementAndGet() >= attempt ? 200 : 503, -1);
            exchange.close();
        });
        agent.start();
    }

    private int run(String... arguments) {
        return new CommandLine(new WaitCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    private String admin() {
        return "--admin=127.0.0.1:" + agent.getAddress().getPort();
    }

    @Test
    void itEndsWhenTheAgentIsReady() {
        readyAtAttempt(3);
        assertThat(run(admin())).isZero();
        assertThat(asked).hasValue(3);
        assertThat(out.toString()).contains("The agent is ready.");
    }

    @Test
    void anAgentThatIsNeverReadyDoesNotKeepTheApplication() {
        readyAtAttempt(Integer.MAX_VALUE);
        assertThat(run(admin(), "--timeout=300ms")).isZero();
        assertThat(asked).hasValueGreaterThan(1);
        assertThat(out.toString()).contains("The agent is not ready after 300ms; waiting no longer.");
    }

    @Test
    void norDoesOneThatIsNotThere() {
        agent.stop(0);
        assertThat(run(admin(), "--timeout=300ms")).isZero();
        assertThat(out.toString()).contains("waiting no longer");
    }

    @Test
    void badUsageIsNamed() {
        assertThat(run("--timeout=soon")).isEqualTo(2);
        assertThat(err.toString()).contains("not a duration: 'soon'");
    }
}
