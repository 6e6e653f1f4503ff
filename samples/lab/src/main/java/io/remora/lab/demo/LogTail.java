package io.remora.lab.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Reads the lines that a growing file has gained. Not thread-safe. */
final class LogTail implements AutoCloseable {
    private final FileChannel file;
    private final StringBuilder partial = new StringBuilder();
    private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);

    LogTail(Path path) {
        try {
            file = FileChannel.open(path, StandardOpenOption.READ);
        } catch (IOException e) {
            throw new UncheckedIOException(path + " cannot be read", e);
        }
    }

    /** The whole lines since the last call. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        try {
            while (file.read(buffer.clear()) > 0) {
                // ASCII: no character is cut in two.
                partial.append(StandardCharsets.US_ASCII.decode(buffer.flip()));
                for (int end = partial.indexOf("\n"); end >= 0; end = partial.indexOf("\n")) {
                    lines.add(partial.substring(0, end));
                    partial.delete(0, end + 1);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a log cannot be read", e);
        }
        return lines;
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a log cannot be closed", e);
        }
    }
}
