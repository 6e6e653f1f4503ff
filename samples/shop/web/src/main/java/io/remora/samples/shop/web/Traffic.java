package io.remora.samples.shop.web;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** What became of the calls of the last ten seconds, and which pod answered them. Thread-safe. */
@Component
class Traffic {
    /** What {@link #of(Part)} looks back on. */
    static final Duration WINDOW = Duration.ofSeconds(10);

    private static final int MOST_CALLS = 20_000;

    private final LongSupplier nanos;
    private final long begin;
    private final Deque<Call> calls = new ArrayDeque<>();

    @Autowired
    Traffic() {
        this(System::nanoTime);
    }

    Traffic(LongSupplier nanos) {
        this.nanos = nanos;
        this.begin = nanos.getAsLong();
    }

    private record Call(long endNanos, Part part, String pod, long tookNanos, boolean failed) {}

    /**
     * What a pod did.
     *
     * @param pod its name; empty for calls that nobody answered
     * @param calls how many ended in the window
     * @param share of all calls of the part that were answered, 0 to 1
     * @param perSecond calls
     * @param failed how many of them failed
     * @param p99Millis how long 99 % of them took at most
     */
    record PodTraffic(String pod, int calls, double share, double perSecond, int failed, double p99Millis) {}

    /**
     * A call has ended.
     *
     * @param pod who answered; null if nobody did
     */
    void ended(Part part, @Nullable String pod, long tookNanos, boolean failed) {
        long now = nanos.getAsLong();
        synchronized (calls) {
            forget(now);
            if (calls.size() == MOST_CALLS) {
                calls.removeFirst();
            }
            calls.addLast(new Call(now, part, pod == null ? "" : pod, tookNanos, failed));
        }
    }

    private void forget(long now) {
        while (!calls.isEmpty() && now - calls.getFirst().endNanos() > WINDOW.toNanos()) {
            calls.removeFirst();
        }
    }

    /** Each pod that answered a call of a part within the window, by name, and what nobody answered. */
    List<PodTraffic> of(Part part) {
        long now = nanos.getAsLong();
        Map<String, List<Call>> byPod = new TreeMap<>();
        synchronized (calls) {
            forget(now);
            for (Call call : calls) {
                if (call.part() == part) {
                    byPod.computeIfAbsent(call.pod(), pod -> new ArrayList<>()).add(call);
                }
            }
        }
        double seconds = Math.max(1, Math.min(WINDOW.toNanos(), now - begin) / 1e9);
        int answered = byPod.entrySet().stream()
                .filter(each -> !each.getKey().isEmpty())
                .mapToInt(each -> each.getValue().size())
                .sum();
        return byPod.entrySet().stream()
                .map(each -> summary(each.getKey(), each.getValue(), answered, seconds))
                .toList();
    }

    private static PodTraffic summary(String pod, List<Call> calls, int answered, double seconds) {
        long[] took = calls.stream().mapToLong(Call::tookNanos).toArray();
        Arrays.sort(took);
        int failed = (int) calls.stream().filter(Call::failed).count();
        return new PodTraffic(
                pod,
                calls.size(),
                pod.isEmpty() ? 0 : (double) calls.size() / answered,
                calls.size() / seconds,
                failed,
                took[(int) Math.ceil(took.length * 0.99) - 1] / 1e6);
    }
}
