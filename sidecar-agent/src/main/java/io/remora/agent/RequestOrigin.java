package io.remora.agent;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a change may come from where it claims to. A web page that is open next to a {@code kubectl port-forward}
 * reaches the admin server from loopback; its requests carry an {@code Origin} (RFC 6454), and a name that was rebound to
 * loopback stands in their {@code Host}.
 */
final class RequestOrigin {

    // 127.0.0.0/8 in full: anything else that merely begins with 127 can be a DNS name.
    private static final Pattern LOOPBACK =
            Pattern.compile("(localhost|127(\\.[0-9]{1,3}){3}|\\[::1])(:[0-9]*)?", Pattern.CASE_INSENSITIVE);

    private RequestOrigin() {}

    /**
     * Returns why a request may not change anything; null if it may.
     *
     * @param loopback whether it came from this machine or pod
     * @param origin the {@code Origin} header; null if there is none
     * @param host the {@code Host} header; null if there is none
     */
    static @Nullable String refusal(boolean loopback, @Nullable String origin, @Nullable String host) {
        if (!loopback) {
            return "changes are accepted from loopback only";
        }
        if (origin != null) {
            return "changes are not accepted from web pages: the request has an Origin header";
        }
        if (host == null || !LOOPBACK.matcher(host).matches()) {
            return "changes are accepted under a loopback name only: the Host header must be localhost, 127.x.x.x or"
                    + " [::1], with or without a port";
        }
        return null;
    }
}
