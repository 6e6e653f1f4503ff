package io.remora.samples.shop.demo;

import java.util.ArrayList;
import java.util.List;

/** What to do with a shop that is kept. */
final class KeepGuide {
    private KeepGuide() {}

    static List<String> of(ShopCluster cluster, Page page, ShopOptions options) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add("The shop stays. Open " + page.root() + "/ and move the slider. In another terminal:");
        lines.add("");
        lines.add("  # stock-v2 misbehaves, as by the page's buttons: errors, reset, hang, slow; and healthy");
        lines.add("  curl -X POST " + page.root() + "/api/stock-v2/" + (options.starter() ? "errors" : "reset"));
        lines.add("  # kill a pod; it is started again after 15 s, which the API server hears of then only");
        ShopPod victim = cluster.pod("stock-v1-2");
        lines.add("  kill -9 " + victim.process().pid() + "   # " + victim.name());
        lines.add("  # the REST interface");
        lines.add("  curl " + page.root() + "/api/products/kettle");
        lines.add("  # the API server, for kubectl if you have it");
        lines.add("  export KUBECONFIG=" + cluster.lab().controlPlane().localKubeconfig());
        lines.add("  kubectl -n shop get services,endpointslices,pods -o wide");
        lines.add("");
        lines.add("Ctrl-C ends it; nothing is left behind.");
        return lines;
    }
}
