package io.remora.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.client.ServiceSubscriptions.Subscription;
import io.remora.discovery.DiscoveryEvent;
import io.remora.discovery.ServiceId;
import io.remora.registry.PushedSource;
import io.remora.registry.ServiceRegistry;
import io.remora.registry.Services;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServiceSubscriptionsTest {

    private static final ServiceId STOCK = new ServiceId("shop", "stock");

    private final ServiceSubscriptions subscriptions = new ServiceSubscriptions();
    private final PushedSource source = new PushedSource();
    private final ServiceRegistry registry = new ServiceRegistry(source, List.of(subscriptions), Runnable::run);
    private final List<String> told = new ArrayList<>();

    {
        registry.start();
    }

    private Subscription subscribe(String name, String who) {
        return subscriptions.subscribe(new ServiceId("shop", name), () -> told.add(who));
    }

    private void stock(String... endpoints) {
        source.push(List.of(
                new DiscoveryEvent.Updated(Services.service("stock", "10.96.0.20", Services.ready(endpoints)))));
    }

    @Test
    void eachChangeOfTheServiceIsToldToAllWhoWantIt() {
        Subscription first = subscribe("stock", "first");
        Subscription second = subscribe("stock", "second");
        Subscription other = subscribe("catalog", "other");

        stock("10.244.0.1");
        assertThat(told).containsExactly("first", "second");
        stock("10.244.0.1");
        assertThat(told).as("nothing changed").hasSize(2);
        source.push(List.of(new DiscoveryEvent.Removed(STOCK)));
        assertThat(told).containsExactly("first", "second", "first", "second");
        assertThat(registry.snapshot().service(STOCK)).isNull();

        first.close();
        second.close();
        other.close();
    }

    @Test
    void whoIsToldReadsTheSnapshotWithTheChange() {
        List<Boolean> known = new ArrayList<>();
        Subscription subscription = subscriptions.subscribe(
                STOCK, () -> known.add(registry.snapshot().service(STOCK) != null));
        stock("10.244.0.1");
        source.push(List.of(new DiscoveryEvent.Removed(STOCK)));

        assertThat(known).containsExactly(true, false);
        subscription.close();
    }

    @Test
    void theFirstSyncTellsEverybodyOnceThatWhatIsNotKnownIsNotThere() {
        Subscription absent = subscribe("catalog", "absent");
        source.push(List.of(new DiscoveryEvent.Synced(true)));
        assertThat(told).containsExactly("absent");
        source.push(List.of(new DiscoveryEvent.Synced(true)));
        assertThat(told).containsExactly("absent");
        absent.close();
    }

    @Test
    void whoUnsubscribesIsToldNoMoreAndLeavesNothingBehind() {
        Subscription first = subscribe("stock", "first");
        Subscription second = subscribe("stock", "second");
        first.close();
        first.close();
        stock("10.244.0.1");
        assertThat(told).containsExactly("second");
        assertThat(subscriptions.size()).isEqualTo(1);

        second.close();
        stock("10.244.0.2");
        assertThat(told).containsExactly("second");
        assertThat(subscriptions.size()).isZero();
    }

    @Test
    void oneTaskThatSubscribesTwiceIsToldUntilTheLastOfThemIsClosed() {
        Runnable task = () -> told.add("task");
        Subscription first = subscriptions.subscribe(STOCK, task);
        Subscription second = subscriptions.subscribe(STOCK, task);
        first.close();
        first.close();
        stock("10.244.0.1");
        assertThat(told).containsExactly("task");
        second.close();
        assertThat(subscriptions.size()).isZero();
    }
}
