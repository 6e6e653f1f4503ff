package io.remora.samples.shop.demo;

import io.remora.lab.process.LabException;
import io.remora.samples.shop.demo.Page.PodView;
import io.remora.samples.shop.demo.Page.View;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What is told: a load, a pod that falls sick and is healed, a pod that is killed; each with what must be true of it. */
final class Story {
    private static final int RATE = 40;
    private static final Duration WAIT = Duration.ofSeconds(60);
    /** Failures until a sick pod is ejected: three in a row, and what is under way meanwhile. */
    private static final int MOST_UNTIL_EJECTED = 10;
    /** What may have been under way on a pod that is killed. */
    private static final int MOST_IN_FLIGHT = 2;

    private final ShopCluster cluster;
    private final Page page;
    private final boolean starter;
    private final Consumer<String> out;
    private int step;
    private boolean allTrue = true;

    Story(ShopCluster cluster, Page page, boolean starter, Consumer<String> out) {
        this.cluster = cluster;
        this.page = page;
        this.starter = starter;
        this.out = out;
    }

    /** Tells it, and returns whether all of it was true. */
    boolean tell() {
        await(
                "Remora knows all pods",
                view -> view.pods().stream()
                                .filter(pod -> pod.state().equals("used"))
                                .count()
                        == 9);
        page.load(RATE);
        spread();
        sick();
        healed();
        killed();
        View end = page.look();
        out.accept((allTrue ? "All of it was true: " : "Not all of it was true: ") + end.sent() + " requests, "
                + end.failed() + " failed.");
        return allTrue;
    }

    private void spread() {
        out.accept(RATE + " requests per second, each of which calls catalog, stock and reviews");
        View before = warm();
        pause(Duration.ofSeconds(12));
        View after = page.look();
        long failed = after.failed() - before.failed();
        // An agent balances connections, and a channel of gRPC is one: it moves on when the server has it do so.
        List<String> even = starter ? List.of("catalog", "stock", "reviews") : List.of("stock", "reviews");
        boolean spread = even.stream()
                .allMatch(part -> after.of(part).size() == 3
                        && after.of(part).stream().allMatch(pod -> pod.share() >= 15 && pod.share() <= 55));
        conclude(
                failed == 0 && spread,
                "requests spread over the pods, and none fails",
                shares(after) + "; " + failed + " failed");
    }

    /** The first requests of JVMs that have just started, twelve at once, may take longer than web waits. */
    private View warm() {
        View before = await("requests are made", view -> view.sent() > RATE);
        long deadline = System.nanoTime() + WAIT.toNanos();
        while (true) {
            pause(Duration.ofSeconds(3));
            View after = page.look();
            if (after.failed() == before.failed() || System.nanoTime() - deadline > 0) {
                return after;
            }
            before = after;
        }
    }

    private static String shares(View view) {
        return List.of("catalog", "stock", "reviews").stream()
                .map(part -> part + " "
                        + view.of(part).stream().map(pod -> pod.share() + " %").collect(Collectors.joining(" ")))
                .collect(Collectors.joining(", "));
    }

    private void sick() {
        String behaviour = starter ? "errors" : "reset";
        View before = page.look();
        long begin = System.nanoTime();
        page.behave(behaviour);
        out.accept(
                starter
                        ? "stock-v2-1 answers 503 from now on, and stays Ready"
                        : "stock-v2-1 resets its connections from now on, and stays Ready");
        View ejected = await(
                "it is ejected",
                view -> view.pod("stock-v2-1")
                        .map(pod -> pod.state().equals("ejected"))
                        .orElse(false));
        String took = seconds(begin);
        pause(Duration.ofMillis(500));
        View settled = page.look();
        pause(Duration.ofSeconds(5));
        View after = page.look();
        long until = settled.failed() - before.failed();
        long then = after.failed() - settled.failed();
        String reason = ejected.pod("stock-v2-1").map(PodView::reason).orElse("");
        conclude(
                until >= 1 && until <= MOST_UNTIL_EJECTED && then == 0,
                "a sick pod is found out and left alone",
                "ejected after " + took + " (" + reason + "); " + until + " requests failed until then, " + then
                        + " in the 5 s after it");
    }

    private void healed() {
        View before = page.look();
        long begin = System.nanoTime();
        page.behave("healthy");
        out.accept("stock-v2-1 is healthy again");
        await(
                "it is used again",
                view -> view.pod("stock-v2-1")
                        .map(pod -> pod.state().equals("used") && pod.share() > 0)
                        .orElse(false));
        View after = page.look();
        long failed = after.failed() - before.failed();
        conclude(
                failed == 0,
                "once it is well it comes back",
                "used again after " + seconds(begin) + "; " + failed + " failed");
    }

    private void killed() {
        View before = page.look();
        long begin = System.nanoTime();
        cluster.pod("reviews-2").process().kill();
        out.accept("reviews-2 is killed, and the API server does not know");
        await(
                "it is ejected",
                view -> view.pod("reviews-2")
                        .map(pod -> pod.state().equals("ejected"))
                        .orElse(false));
        String took = seconds(begin);
        await(
                "it is used again, after its restart",
                view -> view.pod("reviews-2")
                        .map(pod -> pod.state().equals("used") && pod.share() > 0)
                        .orElse(false));
        View after = page.look();
        long failed = after.failed() - before.failed();
        conclude(
                failed <= MOST_IN_FLIGHT,
                "a killed pod costs no more than what was under way on it",
                "ejected after " + took + ", and used again when it was there again, after " + seconds(begin) + "; "
                        + failed + " failed");
    }

    private void conclude(boolean isTrue, String what, String how) {
        step++;
        allTrue &= isTrue;
        out.accept((isTrue ? "ok        " : "NOT TRUE  ") + step + "  " + what + ": " + how);
        if (!isTrue) {
            page.look().lastFailures().forEach(failure -> out.accept("          failed: " + failure));
        }
    }

    private View await(String what, Predicate<View> condition) {
        long deadline = System.nanoTime() + WAIT.toNanos();
        while (true) {
            View view = page.look();
            if (condition.test(view)) {
                return view;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new LabException("not within " + WAIT.toSeconds() + " s: " + what + "; the page has " + view);
            }
            pause(Duration.ofMillis(100));
        }
    }

    private static String seconds(long since) {
        return String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - since) / 1e9);
    }

    private static void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(left, TimeUnit.SECONDS.toNanos(1)));
            if (Thread.interrupted()) {
                Thread.currentThread().interrupt();
                throw new LabException("the story was interrupted");
            }
        }
    }
}
