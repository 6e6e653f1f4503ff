package io.remora.registry;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Whether a Service is in use: set by whoever connects to it, taken by a source that watches only what is used. One is
 * kept across all versions of a Service while it is known. Thread-safe, without order: a mark may be seen a moment later.
 */
public final class UseFlag {

    private static final VarHandle USED;

    static {
        try {
            USED = MethodHandles.lookup().findVarHandle(UseFlag.class, "used", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // through the handle
    private boolean used;

    UseFlag() {}

    /** The Service is in use. Writes only if that is not known yet, so that readers share the cache line. */
    public void mark() {
        if (!(boolean) USED.getOpaque(this)) {
            USED.setOpaque(this, true);
        }
    }

    /** Returns whether it was marked since this was called last. */
    boolean take() {
        return (boolean) USED.getAndSet(this, false);
    }
}
