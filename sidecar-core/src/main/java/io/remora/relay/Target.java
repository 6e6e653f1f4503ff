package io.remora.relay;

import io.remora.balancer.Pick;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt dials.
 *
 * @param pick to be completed exactly once; null if nothing was balanced
 */
record Target(InetSocketAddress address, @Nullable Pick pick) {}
