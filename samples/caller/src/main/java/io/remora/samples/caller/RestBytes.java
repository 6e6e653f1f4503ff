package io.remora.samples.caller;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.web.client.RestClient;

/** Receives and sends bodies of so many bytes by a RestClient, and holds none of them whole. */
record RestBytes(RestClient rest, long bytes) implements Client {

    @Override
    public CompletableFuture<String> call() {
        Long received = rest.get().uri("/bytes/{n}", bytes).exchange((request, response) -> count(response.getBody()));
        String name = rest.post()
                .uri("/bytes")
                .header("Content-Length", Long.toString(bytes))
                .body((StreamingHttpOutputMessage.Body) out -> {
                    for (long left = bytes; left > 0; left -= Bytes.CHUNK) {
                        out.write(Bytes.chunk(left));
                    }
                })
                .retrieve()
                .body(String.class);
        return CompletableFuture.completedFuture(Bytes.checked(bytes, received, name));
    }

    private static long count(InputStream body) throws IOException {
        byte[] buffer = new byte[Bytes.CHUNK];
        long count = 0;
        for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
            count += read;
        }
        return count;
    }
}
