package io.remora.spring.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Body of a response; its end, close or failure ends the call. */
final class AnsweredBody extends FilterInputStream {

    private final AnsweredCall call;

    AnsweredBody(InputStream body, AnsweredCall call) {
        super(body);
        this.call = call;
    }

    @Override
    public int read() throws IOException {
        try {
            int value = in.read();
            if (value < 0) {
                call.completed();
            }
            return value;
        } catch (IOException | RuntimeException e) {
            call.failed(e);
            throw e;
        }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
            int count = in.read(bytes, offset, length);
            if (count < 0) {
                call.completed();
            }
            return count;
        } catch (IOException | RuntimeException e) {
            call.failed(e);
            throw e;
        }
    }

    @Override
    public long skip(long count) throws IOException {
        try {
            return in.skip(count);
        } catch (IOException | RuntimeException e) {
            call.failed(e);
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            in.close();
        } finally {
            call.closed();
        }
    }
}
