package io.remora.agent;

import io.remora.agent.AdminClient.AdminException;
import io.remora.config.Durations;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code remora wait}: ends when the agent beside it is ready. As the {@code postStart} hook of a plain container it keeps the
 * containers after it from starting before.
 */
@Command(
        name = "wait",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Wait until the agent is ready, but not for ever: an agent that does not start must not keep the"
                + " application from it.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:the agent is ready, or the time is over", "2:bad usage"})
final class WaitCommand implements Callable<Integer> {

    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final int ANSWER_MILLIS = 1000;

    @Mixin
    @SuppressWarnings("NullAway.Init") // by picocli
    private AdminOption admin;

    @Option(
            names = "--timeout",
            paramLabel = "<duration>",
            defaultValue = "60s",
            description = "How long at the most, default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // by picocli
    private String timeout;

    @Spec
    @SuppressWarnings("NullAway.Init") // by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        URI ready;
        Duration limit;
        try {
            ready = admin.address().resolve("/ready");
            limit = Durations.parse(timeout);
        } catch (AdminException | IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
        }
        long begin = System.nanoTime();
        while (!isReady(ready)) {
            if (System.nanoTime() - begin > limit.toNanos()) {
                out.println("The agent is not ready after " + timeout + "; waiting no longer.");
                out.flush();
                return 0;
            }
            Thread.sleep(PAUSE.toMillis());
        }
        out.println("The agent is ready.");
        out.flush();
        return 0;
    }

    private static boolean isReady(URI ready) {
        try {
            HttpURLConnection connection = (HttpURLConnection) ready.toURL().openConnection(Proxy.NO_PROXY);
            connection.setConnectTimeout(ANSWER_MILLIS);
            connection.setReadTimeout(ANSWER_MILLIS);
            try {
                return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            return false;
        }
    }
}
