package io.remora.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShardedMapTest {

    @Test
    void behavesAsAMapThroughRandomEditsAndKeepsEveryOlderCopy() {
        Random random = new Random(11);
        ShardedMap<Integer, Integer> map = ShardedMap.empty();
        Map<Integer, Integer> expected = new HashMap<>();
        for (int round = 0; round < 200; round++) {
            ShardedMap<Integer, Integer> older = map;
            Map<Integer, Integer> olderExpected = new HashMap<>(expected);
            ShardedMap.Editor<Integer, Integer> editor = map.edit();
            for (int i = random.nextInt(40); i > 0; i--) {
                int key = random.nextInt(500);
                if (random.nextInt(3) == 0) {
                    editor.remove(key);
                    expected.remove(key);
                } else {
                    editor.put(key, round);
                    expected.put(key, round);
                }
                assertThat(editor.get(key)).isEqualTo(expected.get(key));
            }
            map = editor.done();

            assertThat(content(map)).isEqualTo(expected);
            assertThat(content(older)).isEqualTo(olderExpected);
            assertThat(map.size()).isEqualTo(expected.size());
        }
    }

    @Test
    void anEditThatChangesNothingMakesNoCopy() {
        ShardedMap.Editor<String, String> first =
                ShardedMap.<String, String>empty().edit();
        first.put("a", "1");
        ShardedMap<String, String> map = first.done();

        ShardedMap.Editor<String, String> second = map.edit();
        second.remove("b");

        assertThat(second.done()).isSameAs(map);
    }

    private static Map<Integer, Integer> content(ShardedMap<Integer, Integer> map) {
        Map<Integer, Integer> content = new HashMap<>();
        for (int key = 0; key < 500; key++) {
            Integer value = map.get(key);
            if (value != null) {
                content.put(key, value);
            }
        }
        int[] values = {0};
        map.forEachValue(value -> values[0]++);
        assertThat(values[0]).isEqualTo(content.size());
        return content;
    }
}
