package io.remora.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.remora.discovery.DiscoveryEvent;
import io.remora.discovery.DiscoverySink;
import io.remora.discovery.DiscoverySource;
import io.remora.discovery.Interest;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.SourceStatus;
import io.remora.discovery.TransportAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Connections to an address that nobody knows yet. */
class RelayHoldIT extends RelayTestCase {

    private final AskedSource source = new AskedSource();

    RelayHoldIT() {
        services = new TestServices(Optional.of(source));
    }

    @Test
    void connectionIsHeldUntilItsServiceIsKnown() throws Exception {
        RelayServer relay = start();
        Socket client = dial(relay);
        client.getOutputStream().write(5);
        await().atMost(PATIENCE).until(() -> recorder.held.get() == 1);
        source.deliver(new DiscoveryEvent.Updated(TestServices.snapshot(original, echo("127.0.0.2"))));
        source.answer.complete(null);
        assertThat(client.getInputStream().read()).isEqualTo(5);
        assertThat(relay.connections())
                .singleElement()
                .satisfies(view -> assertThat(view.destination()).isNotNull());
        client.close();
        assertNothingLeft(relay);
        assertThat(source.open).hasValue(0);
    }

    @Test
    void addressThatBelongsToNoServiceIsPassedThroughAsSoonAsThatIsKnown() throws Exception {
        original = TransportAddress.tcp(echo("127.0.0.3"));
        RelayServer relay = start(config.withHold(PATIENCE.multipliedBy(2)));
        Socket client = dial(relay);
        await().atMost(PATIENCE).until(() -> recorder.held.get() == 1);
        source.answer.complete(null);
        client.getOutputStream().write(6);
        assertThat(client.getInputStream().read()).isEqualTo(6);
        client.close();
        assertNothingLeft(relay);
    }

    @Test
    void addressThatStaysUnknownIsPassedThroughAfterTheHoldTime() throws Exception {
        original = TransportAddress.tcp(echo("127.0.0.3"));
        RelayServer relay = start(config.withHold(Duration.ofMillis(200)));
        source.deliver(new DiscoveryEvent.Synced(false));
        long start = System.nanoTime();
        Socket client = dial(relay);
        client.getOutputStream().write(7);
        assertThat(client.getInputStream().read()).isEqualTo(7);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
        client.close();
        assertNothingLeft(relay);
        assertThat(source.open).as("asked on, to learn when there is an answer").hasValue(1);
        relay.close();
        assertThat(source.open).hasValue(0);
    }

    @Test
    void whileNothingIsAnsweredTheHoldTimeIsWaitedForOnceAndNotByEachConnection() throws Exception {
        original = TransportAddress.tcp(echo("127.0.0.3"));
        RelayServer relay = start(config.withHold(Duration.ofMillis(200)));
        source.deliver(new DiscoveryEvent.Synced(false));
        exchange(relay);
        for (int i = 0; i < 20; i++) {
            exchange(relay);
        }
        assertThat(recorder.held).as("the first alone").hasValue(1);
        assertThat(source.open).hasValue(1);

        source.answer.complete(null);
        await().atMost(PATIENCE).until(() -> source.open.get() == 0);
        source.answer = new CompletableFuture<>();
        exchange(relay);
        assertThat(recorder.held)
                .as("answered once, so the next one waits again")
                .hasValue(2);
        assertNothingLeft(relay);
    }

    private void exchange(RelayServer relay) throws Exception {
        try (Socket client = dial(relay)) {
            client.getOutputStream().write(7);
            assertThat(client.getInputStream().read()).isEqualTo(7);
        }
    }

    @Test
    void openConnectionKeepsItsServiceInUse() throws Exception {
        RelayServer relay = start(new RelayConfig(
                config.listen(),
                config.threads(),
                config.connect(),
                config.hold(),
                config.expiry(),
                new RelayConfig.KeepAlive(Duration.ofSeconds(1), Duration.ofSeconds(1), 3),
                config.resetDelivery(),
                config.memory(),
                config.dscp()));
        source.deliver(new DiscoveryEvent.Updated(TestServices.snapshot(original, echo("127.0.0.2"))));
        Socket client = dial(relay);
        client.getOutputStream().write(5);
        assertThat(client.getInputStream().read()).isEqualTo(5);
        ServiceId id = TestServices.snapshot(original, echo("127.0.0.2")).id();

        assertThat(source.wasUsed(id)).as("dialled").isTrue();
        await().atMost(PATIENCE).until(() -> source.wasUsed(id));

        client.close();
        assertNothingLeft(relay);
        source.wasUsed(id);
        assertThat(source.wasUsed(id))
                .as("nobody connects, and nothing is open")
                .isFalse();
    }

    @Test
    void beforeTheFirstSyncTheHoldTimeIsWaitedForOnceAndNotByEachConnection() throws Exception {
        original = TransportAddress.tcp(echo("127.0.0.3"));
        RelayServer relay = start(config.withHold(Duration.ofMillis(200)));
        try (Socket first = dial(relay)) {
            first.getOutputStream().write(8);
            assertThat(first.getInputStream().read()).isEqualTo(8);
        }
        int held = recorder.held.get();

        try (Socket second = dial(relay)) {
            second.getOutputStream().write(9);
            assertThat(second.getInputStream().read()).isEqualTo(9);
        }

        assertThat(recorder.held).hasValue(held);
        assertNothingLeft(relay);
    }

    @Test
    void addressThatPassedToAnotherServiceSinceItWasFoundLeadsThere() throws Exception {
        RelayServer relay = start(config.withThreads(1));
        Socket client = dial(relay);
        await().atMost(PATIENCE).until(() -> recorder.held.get() == 1);
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch changed = new CountDownLatch(1);
        reader = (socket, family) -> {
            busy.countDown();
            awaitUninterruptibly(changed);
            return original;
        };
        dial(relay); // keeps the event loop busy
        awaitUninterruptibly(busy);
        ServiceSnapshot first = TestServices.snapshot(original, dead("127.0.0.2"));
        source.deliver(new DiscoveryEvent.Updated(first));
        source.answer.complete(null); // found, and told to the event loop
        source.deliver(new DiscoveryEvent.Removed(first.id()));
        source.deliver(new DiscoveryEvent.Updated(new ServiceSnapshot(
                new ServiceId("default", "heir"),
                first.spec(),
                TestServices.snapshot(original, echo("127.0.0.3")).endpoints(),
                null)));
        changed.countDown();
        client.getOutputStream().write(4);
        assertThat(client.getInputStream().read()).isEqualTo(4);
        assertThat(relay.connections().get(0).destination())
                .isNotNull()
                .satisfies(
                        destination -> assertThat(destination.service().name()).isEqualTo("heir"));
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void clientThatLeavesWhileItIsHeldIsForgotten() throws Exception {
        RelayServer relay = start(config.withHold(PATIENCE.multipliedBy(2)));
        Socket client = dial(relay);
        await().atMost(PATIENCE).until(() -> recorder.held.get() == 1);
        reset(client);
        assertNothingLeft(relay);
        assertThat(recorder.closed).containsExactly(CloseReason.CLIENT_LEFT);
        assertThat(source.open).hasValue(0);
    }

    @Test
    void closingTheRelayEndsWhatIsHeld() throws Exception {
        RelayServer relay = start(config.withHold(PATIENCE.multipliedBy(2)));
        Socket client = dial(relay);
        await().atMost(PATIENCE).until(() -> recorder.held.get() == 1);
        relay.close();
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThat(recorder.closed).containsExactly(CloseReason.SHUTDOWN);
        assertThat(source.open).hasValue(0);
    }

    /** A source that tells nothing by itself and answers when the test says so. */
    private static final class AskedSource implements DiscoverySource {

        private volatile CompletableFuture<@Nullable Void> answer = new CompletableFuture<>();
        private final AtomicInteger open = new AtomicInteger();
        private @Nullable DiscoverySink sink;

        void deliver(DiscoveryEvent event) {
            if (sink == null) {
                throw new IllegalStateException("not started");
            }
            sink.accept(List.of(event));
        }

        boolean wasUsed(ServiceId service) {
            return sink != null && sink.wasUsed(service);
        }

        @Override
        public void start(DiscoverySink destination) {
            sink = destination;
        }

        @Override
        public Interest interest(TransportAddress address) {
            open.incrementAndGet();
            CompletableFuture<@Nullable Void> its = answer;
            return new Interest() {
                @Override
                public CompletionStage<Void> settled() {
                    return its.thenAccept(none -> {});
                }

                @Override
                public void close() {
                    open.decrementAndGet();
                }
            };
        }

        @Override
        public Interest interest(ServiceId service) {
            throw new UnsupportedOperationException("the relay asks for addresses");
        }

        @Override
        public SourceStatus status() {
            return SourceStatus.FIXED;
        }

        @Override
        public void close() {}
    }
}
