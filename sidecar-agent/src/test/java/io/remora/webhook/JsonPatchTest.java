package io.remora.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class JsonPatchTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'a': 1}|{'a': 1}|[]",
                "{'a': [1, 3]}|{'a': [1, 2, 3]}|[{'op':'add','path':'/a/1','value':2}]",
                "{'a': [3]}|{'a': [1, 2, 3, 4]}"
                        + "|[{'op':'add','path':'/a/0','value':1},{'op':'add','path':'/a/1','value':2},"
                        + "{'op':'add','path':'/a/3','value':4}]",
                "{'a': [1, 2]}|{'a': [2, 1]}|[{'op':'replace','path':'/a','value':[2,1]}]",
                "{'x/y~z': 1}|{'x/y~z': 2}|[{'op':'replace','path':'/x~1y~0z','value':2}]",
                "{'a': 1}|{'b': {}}|[{'op':'remove','path':'/a'},{'op':'add','path':'/b','value':{}}]",
                "{'a': null}|{'a': []}|[{'op':'replace','path':'/a','value':[]}]",
            })
    void whatDiffersIsSaid(String before, String after, String patch) {
        assertThat(JsonPatch.between(json(before), json(after)).toString()).isEqualTo(patch.replace('\'', '"'));
    }

    private static JsonNode json(String text) {
        return JSON.readTree(text.replace('\'', '"'));
    }

    @Test
    void replayedItGivesTheOther() {
        Random random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            JsonNode before = any(random, 3);
            JsonNode after = random.nextBoolean() ? any(random, 3) : changed(random, before);
            assertThat(TestPatch.apply(before, JsonPatch.between(before, after)))
                    .as("%s to %s", before, after)
                    .isEqualTo(after);
        }
    }

    private static JsonNode any(Random random, int depth) {
        JsonNodeFactory make = JsonNodeFactory.instance;
        return switch (random.nextInt(depth == 0 ? 3 : 6)) {
            case 0 -> make.numberNode(random.nextInt(3));
            case 1 -> make.stringNode("s" + random.nextInt(3));
            case 2 -> make.nullNode();
            case 3 -> {
                ArrayNode array = make.arrayNode();
                for (int i = random.nextInt(4); i > 0; i--) {
                    array.add(any(random, depth - 1));
                }
                yield array;
            }
            default -> {
                ObjectNode object = make.objectNode();
                for (int i = random.nextInt(4); i > 0; i--) {
                    object.set("k/" + random.nextInt(4), any(random, depth - 1));
                }
                yield object;
            }
        };
    }

    private static JsonNode changed(Random random, JsonNode node) {
        JsonNode copy = node.deepCopy();
        if (copy instanceof ObjectNode object) {
            object.set("k/" + random.nextInt(4), any(random, 1));
            object.forEachEntry((name, value) -> object.set(name, changed(random, value)));
        } else if (copy instanceof ArrayNode array) {
            array.insert(random.nextInt(array.size() + 1), any(random, 1));
            if (random.nextInt(4) == 0) {
                array.remove(random.nextInt(array.size()));
            }
        }
        return copy;
    }
}
