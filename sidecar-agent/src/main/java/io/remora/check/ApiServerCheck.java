package io.remora.check;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether the API server answers, and is new enough. */
final class ApiServerCheck implements Check {

    private static final Pattern VERSION = Pattern.compile("v?1\\.(\\d{1,4})\\b.*");
    private static final int NATIVE_SIDECARS = 29;
    private static final int SERVICE_CIDRS = 33;

    private final Cluster cluster;

    ApiServerCheck(Cluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public String name() {
        return "api-server";
    }

    @Override
    public void run(Findings findings) {
        Reply reply = cluster.get("/version");
        String version = reply.body().path("gitVersion").asString("");
        Matcher matcher = VERSION.matcher(version);
        if (reply.status() == 401) {
            findings.fail(
                    cluster.address() + " does not accept the credentials",
                    "log in again, or choose another context (--context)");
        } else if (!matcher.matches()) {
            findings.warning(
                    cluster.address() + " does not tell its version: HTTP " + reply.status() + " " + reply.message(),
                    "see whether this is the address of a Kubernetes API server: kubectl version");
        } else if (Integer.parseInt(matcher.group(1)) < NATIVE_SIDECARS) {
            findings.warning(
                    version + " at " + cluster.address() + " has no native sidecars (1.29 and newer)",
                    "inject with --sidecar plain (annotation remora.io/sidecar: plain), and read docs/inject.md for its limits");
        } else {
            boolean cidrs = Integer.parseInt(matcher.group(1)) >= SERVICE_CIDRS;
            findings.ok(version + " at " + cluster.address() + " has native sidecars"
                    + (cidrs ? " and ServiceCIDR objects" : ", and no ServiceCIDR objects (1.33 and newer)"));
        }
    }
}
