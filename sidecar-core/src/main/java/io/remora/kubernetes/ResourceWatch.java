package io.remora.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.remora.internal.Backoff;
import io.remora.kubernetes.ObjectDecoder.Decoded;
import io.remora.kubernetes.WatchStatus.Action;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one kind of object up to date by list and watch, for ever: whatever fails is tried again with back-off.
 *
 * <p>A watch that ends when it was asked to is opened again where it ended. After any other end the API server may be
 * another one, with other objects and lower resource versions, on which a watch from the old version would be silent. So
 * one object is listed first, and the watch goes on only if the version has not gone back and that object is one we know;
 * else, and after 410, everything is listed and what is not there any more is removed.
 *
 * <p>This decides what is asked next and when; {@link ListReading} and {@link WatchReading} read the answers. Owned by the
 * loop's thread; the status may be read by any.
 */
final class ResourceWatch<T extends HasMetadata, V> {

    private static final Logger LOGGER = LoggerFactory.getLogger(ResourceWatch.class);
    private static final int GONE = 410;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final Duration LIST_AT_MOST = Duration.ofMinutes(2);
    private static final Duration PAUSE_WHEN_TOO_MANY = Duration.ofSeconds(1);
    /** How much earlier than asked a watch may end and still have come to its planned end. */
    private static final Duration EARLY = Duration.ofSeconds(2);

    private final ResourcePath path;
    private final String url;
    private final ObjectDecoder<T, V> decoder;
    private final WatchedObjects<V> objects;
    private final WatchStatus status;
    private final Shared shared;
    private final Owner owner;
    private final Backoff backoff;

    private @Nullable ApiAttempt current;
    private boolean stopped;
    private boolean listed;
    private boolean missed; // the one object is not in the API server's cache, which may lag behind
    private boolean watchedSinceList;
    private String version = "";

    /** What all watches of a source have in common. */
    record Shared(
            ApiTransport transport,
            WatchLoop loop,
            WatchTiming timing,
            MalformedObjects malformed,
            Supplier<? extends RandomGenerator> random) {}

    /** Told of what a watch does. It may stop the watch. */
    interface Owner {

        /** All that came together was written to the store. */
        void flush();

        /** The API server refused to list or to watch; it is asked again with back-off. */
        default void refused(int code) {}
    }

    /** Finds out about one kind of object. */
    ResourceWatch(
            Class<T> kind,
            ResourcePath path,
            ObjectDecoder<T, V> decoder,
            ResourceStore<V> store,
            Shared shared,
            Owner owner) {
        this.path = path;
        this.url = shared.transport().url(path.address());
        this.decoder = decoder;
        this.objects = new WatchedObjects<>(kind.getSimpleName(), store, shared.malformed());
        this.status = new WatchStatus(path.objects(), url);
        this.shared = shared;
        this.owner = owner;
        this.backoff = new Backoff(
                shared.timing().firstBackoff(),
                shared.timing().maxBackoff(),
                () -> shared.random().get().nextLong());
    }

    /** Begins with the first list. */
    void start() {
        list();
    }

    /** Stops for good. */
    void stop() {
        stopped = true;
        status.ended();
        if (current != null) {
            current.cancel();
        }
    }

    /** How it is doing. Any thread. */
    WatchStatus status() {
        return status;
    }

    private void list() {
        watchedSinceList = false;
        begin(
                new ListReading<>(shared, decoder, new Listing()),
                listed || missed ? path.listNewest() : path.listFromCache(),
                LIST_AT_MOST);
    }

    private void probe() {
        if (path.extent() != ResourcePath.Extent.MANY) {
            list();
            return;
        }
        begin(
                new ListReading<>(shared, decoder, new Probe()),
                path.probe(),
                shared.timing().requestTimeout());
    }

    private void watch() {
        long most = shared.timing().watchLifetime().toSeconds();
        Duration lifetime = Duration.ofSeconds(most - shared.random().get().nextLong(most / 2 + 1));
        begin(
                new WatchReading<>(shared, decoder, objects, version, new Watching(lifetime)),
                path.watch(version, lifetime),
                lifetime.plus(shared.timing().watchSilence()));
    }

    private void begin(ApiAttempt attempt, String query, Duration longest) {
        if (stopped) { // by what heard of the last attempt
            return;
        }
        current = attempt;
        attempt.start(query, longest);
    }

    private void retry(Action action, String cause, Duration atLeast, Runnable next) {
        status.failed(action, cause);
        Duration delay = backoff.next();
        shared.loop().after(delay.compareTo(atLeast) < 0 ? atLeast : delay, () -> {
            if (!stopped) {
                next.run();
            }
        });
    }

    /** What becomes of an attempt that does not succeed: it says what went wrong, and something is tried again. */
    private abstract class Step implements ApiAttempt.Outcome {

        private final Action action;
        private final Runnable again;

        Step(Action action, Runnable again) {
            this.action = action;
            this.again = again;
        }

        @Override
        public void refused(int code, String message) {
            retry(
                    action,
                    ApiProblems.refused(code, message, shared.transport().url("")),
                    code == TOO_MANY_REQUESTS ? PAUSE_WHEN_TOO_MANY : Duration.ZERO,
                    again);
            owner.refused(code);
        }

        @Override
        public void failed(Throwable failure) {
            if (failure instanceof SSLHandshakeException) {
                shared.transport().renew(); // the authority's file may have been replaced
            }
            retry(action, ApiProblems.failed(failure, shared.transport().url("")), Duration.ZERO, again);
        }
    }

    private final class Listing extends Step implements ListReading.Listener<V> {

        private final Set<ObjectKey> present = new HashSet<>();

        Listing() {
            super(Action.LIST, ResourceWatch.this::list);
        }

        @Override
        public void item(Decoded<V> object) {
            objects.take(object);
            if (object.key() != null) {
                present.add(object.key()); // also if it is malformed: what was known of it stays in use
            }
        }

        @Override
        public void complete(String itsVersion) {
            if (!listed && !missed && path.extent() == ResourcePath.Extent.ONE && present.isEmpty()) {
                missed = true;
                list();
                return;
            }
            version = itsVersion;
            listed = true;
            status.heard(shared.loop().now());
            objects.listed(present);
            owner.flush();
            watch();
        }
    }

    /** Finds out whether a watch can go on from where it was. */
    private final class Probe extends Step implements ListReading.Listener<V> {

        private @Nullable Decoded<V> first;

        Probe() {
            super(Action.LIST, ResourceWatch.this::probe);
        }

        @Override
        public void item(Decoded<V> object) {
            if (first == null) {
                first = object;
            }
        }

        @Override
        public void complete(String now) {
            if (objects.mayBeginWith(first) && ResourceVersions.isSameOrNewer(now, version)) {
                owner.flush(); // the watch may have failed before it did
                watch();
            } else {
                list();
            }
        }
    }

    private final class Watching extends Step implements WatchReading.Listener {

        private final Duration lifetime;
        private long openedAt;

        Watching(Duration lifetime) {
            super(Action.WATCH, ResourceWatch.this::probe);
            this.lifetime = lifetime;
        }

        @Override
        public void opened() {
            openedAt = shared.loop().now();
            status.established(openedAt);
        }

        @Override
        public void event(String newest) {
            status.heard(shared.loop().now());
            watchedSinceList = true;
            version = newest;
        }

        @Override
        public void taken() {
            owner.flush();
        }

        @Override
        public void ended() {
            settle();
            if (lived().compareTo(lifetime.minus(EARLY)) >= 0) {
                watch();
            } else {
                retry(
                        Action.WATCH,
                        "the API server, or a proxy before it, ended the watch early",
                        Duration.ZERO,
                        ResourceWatch.this::probe);
            }
        }

        @Override
        public void wentBack() {
            status.heard(shared.loop().now());
            LOGGER.atWarn().addKeyValue("watch", url).log("the API server's versions went back, listing again");
            list();
        }

        @Override
        public void garbled(String beginning) {
            // It was about some object. A watch from before it might meet it again for ever, a list does not.
            settle();
            retry(
                    Action.WATCH,
                    "the watch sent what is no event; it begins with " + beginning,
                    Duration.ZERO,
                    ResourceWatch.this::list);
        }

        @Override
        public void refused(int code, String message) {
            settle();
            if (code != GONE) {
                super.refused(code, message);
            } else if (watchedSinceList) {
                LOGGER.atInfo().addKeyValue("watch", url).log("version is gone, listing again");
                list();
            } else {
                retry(
                        Action.WATCH,
                        ApiProblems.refused(code, message, shared.transport().url("")),
                        Duration.ZERO,
                        ResourceWatch.this::list);
            }
        }

        @Override
        public void failed(Throwable failure) {
            settle();
            super.failed(failure);
        }

        /** Only a watch that held for a while shows that all is well again. */
        private void settle() {
            if (status.connected() && lived().compareTo(shared.timing().maxBackoff()) >= 0) {
                backoff.reset();
                watchedSinceList = true;
            }
            status.ended();
        }

        private Duration lived() {
            return Duration.ofNanos(shared.loop().now() - openedAt);
        }
    }
}
