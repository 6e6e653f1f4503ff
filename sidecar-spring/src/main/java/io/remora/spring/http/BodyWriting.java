package io.remora.spring.http;

import java.io.IOException;
import java.io.OutputStream;

/**
 * The writing of one request's body: whether it was begun, and whether it was the application that failed at it, and not the
 * connection. Written by the thread that writes, read by any.
 */
final class BodyWriting {

    private volatile boolean begun;
    private volatile boolean failed;

    /** Whoever writes a body. */
    @FunctionalInterface
    interface Writer {
        void writeTo(OutputStream out) throws IOException;
    }

    void write(Writer body, OutputStream out) throws IOException {
        begun = true;
        Output watched = new Output(out);
        try {
            body.writeTo(watched);
        } catch (IOException | RuntimeException | Error e) {
            failed = !watched.failed;
            throw e;
        }
    }

    boolean isBegun() {
        return begun;
    }

    /** Whether the body could not be written for a reason of its own, of which the endpoint knows nothing. */
    boolean hasFailed() {
        return failed;
    }

    private static final class Output extends OutputStream {

        private final OutputStream out;
        private boolean failed;

        Output(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            watch(() -> out.write(b));
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            watch(() -> out.write(bytes, offset, length));
        }

        @Override
        public void flush() throws IOException {
            watch(out::flush);
        }

        @Override
        public void close() throws IOException {
            watch(out::close);
        }

        private void watch(Step step) throws IOException {
            try {
                step.run();
            } catch (IOException | RuntimeException | Error e) {
                failed = true;
                throw e;
            }
        }
    }

    private interface Step {
        void run() throws IOException;
    }
}
