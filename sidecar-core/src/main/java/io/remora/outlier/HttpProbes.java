package io.remora.outlier;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;

/** Asks for a path and reads no more than the head of the answer. Thread-safe. */
final class HttpProbes implements AutoCloseable {

    private final ExecutorService executor =
            Executors.newSingleThreadExecutor(ProbeThreads.named("remora-http-probes"));
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY) // the JVM's is for what is far away
            .executor(executor)
            .build();

    /**
     * Sends one GET.
     *
     * @return fails with an {@link IOException} if the status is not one of success
     */
    @SuppressWarnings("FutureReturnValueIgnored") // both futures only follow
    CompletableFuture<Void> get(InetSocketAddress address, String path, Duration timeout) {
        CompletableFuture<HttpResponse<Void>> response =
                client.sendAsync(request(address, path, timeout), head -> new NoBody());
        CompletableFuture<Void> checked = new CompletableFuture<>();
        response.whenComplete((answer, problem) -> {
            if (problem != null) {
                checked.completeExceptionally(problem);
            } else {
                check(answer.statusCode(), checked);
            }
        });
        // Also when it takes too long, or nobody wants to know any more.
        checked.whenComplete((done, problem) -> response.cancel(true));
        return checked;
    }

    private static void check(int status, CompletableFuture<Void> checked) {
        if (status >= 200 && status < 400) {
            checked.complete(null);
        } else {
            checked.completeExceptionally(new IOException("status " + status));
        }
    }

    private static HttpRequest request(InetSocketAddress address, String path, Duration timeout) {
        String ip = address.getAddress().getHostAddress();
        String host = ip.indexOf(':') < 0 ? ip : "[" + ip + "]";
        return HttpRequest.newBuilder(URI.create("http://" + host + ":" + address.getPort() + path))
                .header("User-Agent", "remora-probe")
                .timeout(timeout)
                .build();
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }

    /** A body may have no end; the connection is closed instead. */
    private static final class NoBody implements HttpResponse.BodySubscriber<Void> {

        private final CompletableFuture<Void> done = new CompletableFuture<>();

        @Override
        public CompletionStage<Void> getBody() {
            return done;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.cancel();
            done.complete(null);
        }

        @Override
        public void onNext(List<ByteBuffer> item) {}

        @Override
        public void onError(Throwable problem) {
            done.completeExceptionally(problem);
        }

        @Override
        public void onComplete() {
            done.complete(null);
        }
    }
}
