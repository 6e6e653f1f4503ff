package io.remora.samples.shop.demo;

import io.remora.lab.app.Threads;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Starts programs again that have ended, as kubelets do, but in no hurry: what the API server still calls ready for a while is
 * what Remora has to find out by itself.
 */
final class Watchdog {
    /** How long the API server is not told of a program's end, as it is with a node that is gone. */
    private static final Duration UNNOTICED = Duration.ofSeconds(15);

    private final ShopCluster cluster;
    private final Consumer<String> progress;
    private final Map<ShopPod, Long> endedAt = new HashMap<>();

    private Watchdog(ShopCluster cluster, Consumer<String> progress) {
        this.cluster = cluster;
        this.progress = progress;
    }

    static void start(ShopCluster cluster, Consumer<String> progress) {
        Watchdog watchdog = new Watchdog(cluster, progress);
        Threads.daemon("watchdog", watchdog::run);
    }

    private void run() throws InterruptedException {
        while (true) {
            long now = System.nanoTime();
            for (ShopPod pod : cluster.pods()) {
                if (pod.process().isAlive()) {
                    continue;
                }
                long since = endedAt.computeIfAbsent(pod, each -> now);
                if (now - since > UNNOTICED.toNanos()) {
                    endedAt.remove(pod);
                    cluster.report(pod, false);
                    pod.restart();
                    cluster.report(pod, true);
                    progress.accept(pod.name() + " was started again and is ready");
                }
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }
}
