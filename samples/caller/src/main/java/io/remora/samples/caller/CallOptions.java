package io.remora.samples.caller;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How calls are made.
 *
 * @param client by which client
 * @param target a URL, or for gRPC a target
 * @param rate calls a second, each begun at its time whatever became of those before; 0 is a closed loop, in which each
 *     thread calls again when its call has ended
 * @param threads calls that may be under way at once; a call of a fixed rate waits where there are as many
 * @param seconds for how long
 * @param warmUp so many calls are answered before, one after the other, and not counted
 * @param timeout how long a call may take: the deadline of gRPC. For HTTP that is {@code spring.http.clients.read-timeout}
 * @param bytes length of the bodies that each call receives and sends, with no deadline; 0 for a short answer only
 * @param samples a file that is written at the end, a line for each call; none if null
 */
@ConfigurationProperties("call")
record CallOptions(
        Kind client,
        String target,
        @DefaultValue("100") int rate,
        @DefaultValue("256") int threads,
        @DefaultValue("10") int seconds,
        @DefaultValue("50") int warmUp,
        @DefaultValue("1s") Duration timeout,
        @DefaultValue("0") long bytes,
        @Nullable Path samples) {

    /** A client that an application has. */
    enum Kind {
        REST,
        WEB,
        GRPC
    }

    CallOptions {
        if (rate < 0 || threads < 1 || seconds < 1) {
            throw new IllegalArgumentException(
                    "call.rate must not be negative, call.threads and call.seconds must be positive: " + rate + ", "
                            + threads + ", " + seconds);
        }
    }
}
