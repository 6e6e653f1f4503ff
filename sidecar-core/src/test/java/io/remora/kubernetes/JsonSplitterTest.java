package io.remora.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonSplitterTest {

    private static final String LIST = """
            {"kind":"ServiceList","metadata":{"resourceVersion":"7","x":[{"a":1}]},"items":[
            {"n":"}]\\"{","v":[{"w":{}}]}, {"n":"\\\\"},
            {}],"other":{"items":[1]}}
            """;

    private final List<String> objects = new ArrayList<>();

    private void take(byte[] json) {
        objects.add(new String(json, StandardCharsets.UTF_8));
    }

    private static void feed(JsonSplitter splitter, String text, int chunk) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int from = 0; from < bytes.length; from += chunk) {
            splitter.feed(ByteBuffer.wrap(bytes, from, Math.min(chunk, bytes.length - from)));
        }
    }

    @Test
    void aListIsCutIntoItsItemsWhereverTheChunksEnd() {
        for (int chunk = 1; chunk <= LIST.length(); chunk++) {
            objects.clear();
            JsonSplitter splitter = JsonSplitter.ofList(this::take);
            feed(splitter, LIST, chunk);
            assertThat(objects)
                    .as("chunks of %d", chunk)
                    .containsExactly("{\"n\":\"}]\\\"{\",\"v\":[{\"w\":{}}]}", "{\"n\":\"\\\\\"}", "{}");
            assertThat(ObjectDecoder.listVersion(splitter.envelope())).isEqualTo("7");
        }
    }

    @Test
    void aStreamIsCutIntoItsObjectsWhereverTheChunksEnd() {
        for (int chunk = 1; chunk <= 30; chunk++) {
            objects.clear();
            feed(JsonSplitter.ofStream(this::take), "{\"a\":[{}]}\n{\"b\":\"ü{\"}\n\n{\"c\"", chunk);
            assertThat(objects).as("chunks of %d", chunk).containsExactly("{\"a\":[{}]}", "{\"b\":\"ü{\"}");
        }
    }

    @Test
    void aListWithoutItemsHasNone() {
        JsonSplitter splitter = JsonSplitter.ofList(this::take);
        feed(splitter, "{\"metadata\":{\"resourceVersion\":\"3\"},\"items\":null}", 9);
        assertThat(objects).isEmpty();
        assertThat(ObjectDecoder.listVersion(splitter.envelope())).isEqualTo("3");
    }

    @Test
    void anAnswerThatIsCutOffIsNoList() {
        for (int length = 1; length < LIST.strip().length(); length++) {
            JsonSplitter splitter = JsonSplitter.ofList(json -> {});
            feed(splitter, LIST.substring(0, length), 64);
            assertThatThrownBy(splitter::envelope).hasMessageContaining("not complete");
        }
    }

    @Test
    void anAnswerThatIsNoJsonIsRefused() {
        assertThatThrownBy(() -> feed(JsonSplitter.ofList(this::take), "]oops", 5))
                .hasMessageContaining("no JSON");
    }
}
