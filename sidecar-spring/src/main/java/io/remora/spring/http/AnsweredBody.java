package io.remora.spring.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Body of a response; its end, close or failure ends the call. Who reads as many bytes as were announced need not ask for more,
 * and many do not.
 */
final class AnsweredBody extends FilterInputStream {

    private final AnsweredCall call;
    private final long length;
    private long seen;

    /** @param length how many bytes come; negative if that is not known */
    AnsweredBody(InputStream body, long length, AnsweredCall call) {
        super(body);
        this.call = call;
        this.length = length;
        came(0);
    }

    private void came(long count) {
        seen += count;
        if (count < 0 || seen == length) {
            call.completed();
        }
    }

    @Override
    public int read() throws IOException {
        try {
            int value = in.read();
            came(value < 0 ? -1 : 1);
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
            came(count);
            return count;
        } catch (IOException | RuntimeException e) {
            call.failed(e);
            throw e;
        }
    }

    @Override
    public long skip(long count) throws IOException {
        try {
            long skipped = in.skip(count);
            came(skipped);
            return skipped;
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
