package io.remora.lab.api.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/**
 * A file with a line of JSON for every change, so that a server process keeps its state also across SIGKILL (not across a
 * crash of the machine: nothing is synced). Owned by the event loop.
 */
final class Journal implements AutoCloseable {
    private final Path file;
    private OutputStream out = OutputStream.nullOutputStream();

    Journal(Path file) {
        this.file = file;
    }

    /**
     * Reads the objects, rewrites the file without what is gone, and opens it for appending.
     *
     * @return the newest resource version
     */
    long readInto(Map<ObjectKey, StoredObject> objects) {
        try {
            long revision = Files.exists(file) ? read(objects) : 0;
            Path compacted = file.resolveSibling(file.getFileName() + ".new");
            try (OutputStream fresh = Files.newOutputStream(compacted)) {
                objects.forEach((key, object) -> write(fresh, line(revision, key, object, false)));
                if (objects.isEmpty()) {
                    write(fresh, Json.object().put("revision", revision));
                }
            }
            Files.move(compacted, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            out = Files.newOutputStream(file, StandardOpenOption.APPEND);
            return revision;
        } catch (IOException e) {
            throw new UncheckedIOException("the data file " + file + " cannot be used: " + e.getMessage(), e);
        }
    }

    private long read(Map<ObjectKey, StoredObject> objects) throws IOException {
        long revision = 0;
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            String text = reader.readLine();
            while (text != null) {
                String next = reader.readLine();
                try {
                    ObjectNode line = (ObjectNode) Json.MAPPER.readTree(text);
                    revision = Math.max(revision, line.path("revision").asLong());
                    apply(line, objects);
                } catch (JacksonException e) {
                    if (next != null) {
                        throw new IOException("it is damaged: " + e.getOriginalMessage(), e);
                    }
                    // The last line of a killed server may be half written: that change was not answered either.
                }
                text = next;
            }
        }
        return revision;
    }

    private static void apply(ObjectNode line, Map<ObjectKey, StoredObject> objects) {
        if (!(line.get("object") instanceof ObjectNode tree)) {
            return;
        }
        ResourceType type = ResourceType.find(
                        Json.text(line, "group"), Json.text(line, "version"), Json.text(line, "plural"))
                .orElseThrow();
        ObjectKey key =
                new ObjectKey(type, Json.text(tree, "metadata", "namespace"), Json.text(tree, "metadata", "name"));
        if (line.path("deletion").asBoolean()) {
            objects.remove(key);
        } else {
            objects.put(key, new StoredObject(tree));
        }
    }

    void append(Change change) {
        write(out, line(change.revision(), change.key(), change.object(), change.deletion()));
    }

    private static ObjectNode line(long revision, ObjectKey key, StoredObject object, boolean deletion) {
        ObjectNode line = Json.object();
        line.put("revision", revision);
        line.put("group", key.type().group());
        line.put("version", key.type().version());
        line.put("plural", key.type().plural());
        line.put("deletion", deletion);
        line.set("object", object.tree());
        return line;
    }

    private static void write(OutputStream to, ObjectNode line) {
        try {
            to.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("the data file cannot be written: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the data file " + file + " cannot be closed: " + e.getMessage(), e);
        }
    }
}
