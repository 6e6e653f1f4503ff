package io.remora.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ClientStreamTracer;
import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.Metadata;
import io.grpc.Status;
import io.remora.balancer.BalancerConfig;
import io.remora.balancer.EndpointState;
import io.remora.client.RequestAttempt;
import io.remora.client.RequestRefusedException;
import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import io.remora.grpc.FakeHelper.FakeSubchannel;
import io.remora.internal.VirtualClock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What gRPC forgets. */
class EndpointLinkTest {

    private static final Endpoint A = Endpoint.ready(IpAddress.parse("10.0.0.1"), 9090);

    private final VirtualClock clock = new VirtualClock();
    private final GrpcCluster cluster = GrpcCluster.of(BalancerConfig.DEFAULT);
    private final FakeSubchannel subchannel = new FakeSubchannel(List.of());
    private EndpointLink link;
    private EndpointState state;

    @BeforeEach
    void connected() {
        cluster.catalog(A);
        state = Objects.requireNonNull(cluster.balancer().state(A));
        link = new EndpointLink(cluster.balancer(), state, subchannel, () -> {}, clock);
        link.start();
        subchannel.become(ConnectivityState.READY);
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private PickResult pick() throws RequestRefusedException {
        RequestAttempt attempt = cluster.remora.requests().begin(cluster.balancer(), name -> null);
        return link.lend(attempt);
    }

    private static ClientStreamTracer stream(PickResult result) {
        return Objects.requireNonNull(result.getStreamTracerFactory())
                .newClientStreamTracer(
                        ClientStreamTracer.StreamInfo.newBuilder().build(), new Metadata());
    }

    @Test
    void givesUpAStreamThatNeverBegins() throws RequestRefusedException {
        ClientStreamTracer forgotten = stream(pick());
        ClientStreamTracer begun = stream(pick());
        begun.outboundHeaders();
        clock.advance(EndpointLink.MOST_UNBEGUN);
        link.expire();
        assertThat(state.active()).isEqualTo(2);

        clock.advance(Duration.ofMillis(1));
        link.expire();

        assertThat(state.active()).isEqualTo(1);
        assertThat(link.unbegunCount()).isZero();
        forgotten.outboundHeaders(); // if it begins after all, it is not counted
        forgotten.streamClosed(Status.UNAVAILABLE);
        assertThat(state.active()).isEqualTo(1);
        begun.streamClosed(Status.OK);
        assertThat(state.failures()).isZero();
        cluster.assertNothingInFlight();
    }

    @Test
    void keepsNothingOfWhatBegan() throws RequestRefusedException {
        ClientStreamTracer tracer = stream(pick());
        assertThat(link.unbegunCount()).isEqualTo(1);

        tracer.outboundHeaders();

        assertThat(link.unbegunCount()).isZero();
        tracer.streamClosed(Status.OK);
        ClientStreamTracer refused = stream(pick());
        refused.streamClosed(Status.UNAVAILABLE); // before its headers were sent
        assertThat(link.unbegunCount()).isZero();
        cluster.assertNothingInFlight();
    }

    @Test
    void anAttemptIsGivenBackIfTheConnectionIsLostMeanwhile() throws RequestRefusedException {
        RequestAttempt attempt = cluster.remora.requests().begin(cluster.balancer(), name -> null);
        subchannel.become(ConnectivityState.IDLE);

        assertThat(link.lend(attempt).hasResult()).isFalse();

        assertThat(link.unbegunCount()).isZero();
        cluster.assertNothingInFlight();
    }
}
