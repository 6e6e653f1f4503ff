package io.remora.grpc;

import static io.remora.grpc.GrpcCluster.CATALOG;
import static io.remora.grpc.GrpcCluster.ROUND_ROBIN;
import static io.remora.grpc.GrpcCluster.config;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.ResolvedAddresses;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.Metadata;
import io.grpc.Status;
import io.remora.balancer.EndpointHealth;
import io.remora.balancer.EndpointState;
import io.remora.client.ServiceTarget;
import io.remora.discovery.Endpoint;
import io.remora.discovery.IpAddress;
import io.remora.grpc.FakeHelper.FakeSubchannel;
import io.remora.internal.VirtualClock;
import io.remora.outlier.HealthConfig;
import io.remora.registry.RegistryConfig;
import java.net.ConnectException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections and picks, without a network. */
class RemoraLoadBalancerTest {

    private static final Endpoint A = Endpoint.ready(IpAddress.parse("10.0.0.1"), 9090);
    private static final Endpoint B = Endpoint.ready(IpAddress.parse("10.0.0.2"), 9090);
    private static final Status REFUSED =
            Status.UNAVAILABLE.withCause(new ConnectException("Connection refused: /10.0.0.1:9090"));

    private final GrpcCluster cluster =
            new GrpcCluster(config(ROUND_ROBIN, HealthConfig.DEFAULT, RegistryConfig.DEFAULT));
    private final FakeHelper helper = new FakeHelper();
    private final RemoraLoadBalancer balancer = new RemoraLoadBalancer(helper, new VirtualClock());

    @BeforeEach
    void twoPods() {
        resolve(A, B);
    }

    @AfterEach
    void close() {
        balancer.shutdown();
        helper.close();
        cluster.close();
        assertThat(helper.problems).isEmpty();
    }

    private void resolve(Endpoint... endpoints) {
        cluster.catalog(endpoints);
        ResolvedService service = new ResolvedService(cluster.remora.requests(), ServiceTarget.of(CATALOG));
        Status status = balancer.acceptResolvedAddresses(ResolvedAddresses.newBuilder()
                .setAddresses(List.of())
                .setAttributes(Attributes.newBuilder()
                        .set(ResolvedService.KEY, service)
                        .build())
                .build());
        assertThat(status.isOk()).isTrue();
    }

    private EndpointState state(Endpoint endpoint) {
        return Objects.requireNonNull(cluster.balancer().state(endpoint));
    }

    private FakeSubchannel connection(int number) {
        return helper.subchannels.get(number);
    }

    private static ClientStreamTracer stream(PickResult result) {
        return Objects.requireNonNull(result.getStreamTracerFactory())
                .newClientStreamTracer(
                        ClientStreamTracer.StreamInfo.newBuilder().build(), new Metadata());
    }

    @Test
    void connectsToEveryEndpointAndWaitsForTheFirst() {
        assertThat(helper.subchannels)
                .hasSize(2)
                .allSatisfy(each -> assertThat(each.requests).isEqualTo(1));
        assertThat(helper.state).isEqualTo(ConnectivityState.CONNECTING);
        assertThat(helper.pick().hasResult()).isFalse();

        connection(1).become(ConnectivityState.READY);

        assertThat(helper.state).isEqualTo(ConnectivityState.READY);
        for (int i = 0; i < 4; i++) {
            PickResult result = helper.pick();
            assertThat(result.getSubchannel()).isSameAs(connection(1));
            ClientStreamTracer sent = stream(result);
            sent.outboundHeaders();
            sent.streamClosed(Status.OK);
        }
        assertThat(state(A).picks()).isZero(); // what was drawn in vain does not count
        assertThat(state(B).picks()).isEqualTo(4);
        cluster.assertNothingInFlight();
    }

    @Test
    void countsACallUntilItsStreamIsClosed() {
        connection(0).become(ConnectivityState.READY);
        PickResult result = helper.pick();
        assertThat(state(A).active()).isEqualTo(1);
        ClientStreamTracer tracer = stream(result);

        tracer.outboundHeaders();
        assertThat(cluster.balancer().admission().pending()).isZero();
        tracer.inboundHeaders(new Metadata());
        tracer.inboundMessage(0);
        assertThat(state(A).active()).isEqualTo(1);
        assertThat(state(A).latencyNanos(System.nanoTime())).isNotNegative();
        tracer.inboundTrailers(new Metadata());
        tracer.streamClosed(Status.OK);

        assertThat(state(A).active()).isZero();
        tracer.streamClosed(Status.CANCELLED); // counts once
        cluster.assertNothingInFlight();
    }

    @Test
    void takesBackACallThatGotNoStreamWhenItsConnectionIsLost() {
        connection(0).become(ConnectivityState.READY);
        PickResult result = helper.pick();
        assertThat(state(A).active()).isEqualTo(1);

        connection(0).become(ConnectivityState.IDLE);

        cluster.assertNothingInFlight();
        assertThat(state(A).picks()).isZero();
        assertThat(connection(0).requests).isEqualTo(2); // it connects again
        ClientStreamTracer late = stream(result); // gRPC had the transport already
        late.outboundHeaders();
        late.streamClosed(Status.UNAVAILABLE);
        cluster.assertNothingInFlight();
        assertThat(state(A).failures()).isZero();
    }

    @Test
    void anOldPickerPicksNoLostConnection() {
        connection(0).become(ConnectivityState.READY);
        SubchannelPicker old = helper.picker();
        connection(0).become(ConnectivityState.IDLE);

        assertThat(FakeHelper.pickWith(old).hasResult()).isFalse();

        cluster.assertNothingInFlight();
    }

    @Test
    void endsWithTheCauseWhenNothingConnectsAndTellsTheHealth() {
        connection(0).fail(REFUSED);
        assertThat(helper.state).isEqualTo(ConnectivityState.CONNECTING);
        connection(1).fail(REFUSED);

        assertThat(helper.state).isEqualTo(ConnectivityState.TRANSIENT_FAILURE);
        PickResult result = helper.pick();
        assertThat(result.isDrop()).isFalse(); // a call may wait for it
        assertThat(result.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(result.getStatus().getDescription()).contains("shop/catalog:grpc", "Connection refused");
        assertThat(state(A).failures()).isEqualTo(1);
        cluster.assertNothingInFlight();
        connection(1).become(ConnectivityState.CONNECTING); // its back-off is over: it is as good as before
        assertThat(helper.state).isEqualTo(ConnectivityState.TRANSIENT_FAILURE);
    }

    @Test
    void connectsThatFailEjectAnEndpoint() {
        connection(1).become(ConnectivityState.READY);
        connection(0).fail(REFUSED);
        connection(0).become(ConnectivityState.CONNECTING);
        connection(0).fail(REFUSED);

        assertThat(state(A).health().state()).isEqualTo(EndpointHealth.State.EJECTED);
        assertThat(helper.pick().getSubchannel()).isSameAs(connection(1));
    }

    @Test
    void keepsWhatStaysAndClosesWhatWent() {
        connection(0).become(ConnectivityState.READY);
        connection(1).become(ConnectivityState.READY);
        SubchannelPicker old = helper.picker();
        ClientStreamTracer first = stream(helper.pick());
        ClientStreamTracer second = stream(helper.pick());
        first.outboundHeaders();
        second.outboundHeaders();
        EndpointState gone = state(A);

        resolve(B);

        assertThat(helper.subchannels).hasSize(2);
        assertThat(connection(0).closed).isTrue();
        assertThat(connection(1).closed).isFalse();
        assertThat(gone.active()).isEqualTo(1); // its stream goes on
        for (int i = 0; i < 4; i++) {
            PickResult result = FakeHelper.pickWith(old);
            assertThat(result.getSubchannel()).isSameAs(connection(1));
            stream(result).streamClosed(Status.OK);
        }
        first.streamClosed(Status.OK);
        second.streamClosed(Status.OK);
        assertThat(gone.active()).isZero();
        cluster.assertNothingInFlight();
    }

    @Test
    void tellsWhyThereIsNoEndpoint() {
        resolve();

        assertThat(helper.state).isEqualTo(ConnectivityState.TRANSIENT_FAILURE);
        assertThat(helper.pick().getStatus().getDescription()).contains("has no endpoint that is ready");
        assertThat(helper.subchannels).allMatch(each -> each.closed);

        resolve(A);
        assertThat(helper.state).isEqualTo(ConnectivityState.CONNECTING);
    }

    @Test
    void endsAllWhenTheServiceCannotBeResolved() {
        connection(0).become(ConnectivityState.READY);

        balancer.handleNameResolutionError(Status.UNAVAILABLE.withDescription("there is no Service"));

        assertThat(helper.subchannels).allMatch(each -> each.closed);
        assertThat(helper.pick().getStatus().getDescription()).isEqualTo("there is no Service");
    }

    @Test
    void givesBackEverythingThatHasNotBegunAtItsEnd() {
        connection(0).become(ConnectivityState.READY);
        PickResult chosen = helper.pick();
        ClientStreamTracer claimed = stream(helper.pick());
        SubchannelPicker old = helper.picker();
        assertThat(state(A).active()).isEqualTo(2);

        balancer.shutdown();

        cluster.assertNothingInFlight();
        stream(chosen).streamClosed(Status.UNAVAILABLE);
        claimed.streamClosed(Status.UNAVAILABLE);
        assertThat(FakeHelper.pickWith(old).hasResult()).isFalse();
        cluster.assertNothingInFlight();
        assertThat(state(A).failures()).isZero();
    }
}
