package io.remora.relay;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;

/** Asks all event loops of a relay the same, and waits for none of them longer than a second. */
final class LoopSurvey {

    private static final long PATIENCE_MILLIS = 1000;

    private LoopSurvey() {}

    /**
     * Asks.
     *
     * @param question put to each worker on its loop
     * @return the answers of those that did answer, on a thread that is none of the relay's, since what is made of them must
     *     not keep its connections waiting; it does not fail
     */
    static <T> CompletionStage<List<T>> ask(
            List<RelayWorker> workers, Function<RelayWorker, T> question, Logger logger) {
        CompletionStage<List<T>> all = CompletableFuture.completedStage(List.of());
        for (RelayWorker worker : workers) {
            CompletionStage<List<T>> answer = ask(worker, question).handle((told, problem) -> {
                if (problem != null) {
                    logger.atWarn().setCause(problem).log("an event loop does not answer");
                    return List.of();
                }
                return List.of(told);
            });
            all = all.thenCombine(answer, LoopSurvey::concat);
        }
        return all.thenApplyAsync(Function.identity());
    }

    private static <T> CompletableFuture<T> ask(RelayWorker worker, Function<RelayWorker, T> question) {
        try {
            return CompletableFuture.supplyAsync(() -> question.apply(worker), worker.loop())
                    .orTimeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e); // it has ended
        }
    }

    private static <T> List<T> concat(List<T> left, List<T> right) {
        List<T> both = new ArrayList<>(left);
        both.addAll(right);
        return both;
    }
}
