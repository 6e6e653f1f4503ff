package io.remora.relay;

import io.remora.balancer.Pick;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt dials.
 *
 * @param pick to be completed exactly once; null if nothing was balanced
 */
record Target(InetSocketAddress address, @Nullable Pick pick) {

    /** Whether it was chosen to find out whether an ejected endpoint works again. */
    boolean isTrial() {
        return pick != null && pick.isTrial();
    }
}
