package io.remora.relay;

import io.remora.discovery.TransportAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The listeners of all buckets, shared out among the event loops; each is told on its own. Thread-safe. */
final class BucketListeners implements RefusalBuckets.Follower {

    private final @Nullable BucketListener[] listeners; // set before anyone else sees this

    private BucketListeners(int buckets) {
        listeners = new @Nullable BucketListener[buckets];
    }

    /** Begins to accept from all sockets. */
    static BucketListeners start(BucketSockets sockets, List<RelayWorker> workers) {
        BucketListeners all = new BucketListeners(sockets.buckets());
        for (int i = 0; i < workers.size(); i++) {
            RelayWorker worker = workers.get(i);
            int first = i;
            worker.loop()
                    .submit(() -> {
                        for (int bucket = first; bucket < sockets.buckets(); bucket += workers.size()) {
                            TransportAddress address = sockets.address(bucket);
                            if (address != null) {
                                BucketListener listener = new BucketListener(worker, address, bucket);
                                all.listeners[bucket] = listener;
                                listener.start(sockets.take(bucket));
                            }
                        }
                    })
                    .syncUninterruptibly();
        }
        return all;
    }

    @Override
    public void changed(int bucket, boolean open) {
        BucketListener listener = listeners[bucket];
        if (listener != null) {
            listener.worker().loop().execute(() -> {
                try {
                    listener.set(open);
                } catch (RuntimeException | Error e) {
                    listener.worker().failed(e);
                }
            });
        }
    }
}
