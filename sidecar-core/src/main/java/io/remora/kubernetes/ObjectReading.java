package io.remora.kubernetes;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Reads the answer that is one object. Owned by the loop's thread. */
final class ObjectReading extends ApiAttempt {

    private static final int LONGEST = 1 << 20;

    private final ByteArrayOutputStream answer = new ByteArrayOutputStream();
    private final Listener listener;

    /** Told of an object: its text once. */
    interface Listener extends Outcome {

        /**
         * The answer is complete.
         *
         * @throws SenselessAnswerException if it is not what was asked for; {@link #failed} follows
         */
        void object(byte[] json);
    }

    ObjectReading(ResourceWatch.Shared shared, Listener listener) {
        super(
                shared.transport(),
                shared.loop(),
                shared.timing().requestTimeout(),
                shared.timing().requestTimeout(),
                listener);
        this.listener = listener;
    }

    @Override
    void content(ByteBuffer bytes) {
        if (answer.size() + bytes.remaining() > LONGEST) {
            throw new SenselessAnswerException(
                    "the answer is no single object: it is longer than " + LONGEST + " bytes");
        }
        byte[] more = new byte[bytes.remaining()];
        bytes.get(more);
        answer.writeBytes(more);
    }

    @Override
    void done() {
        listener.object(answer.toByteArray());
    }
}
