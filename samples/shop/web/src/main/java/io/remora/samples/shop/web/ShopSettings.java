package io.remora.samples.shop.web;

import java.net.URI;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the parts of the shop are.
 *
 * @param pod the name of this pod
 * @param namespace the one that the shop is in
 * @param stockUrl the Service of all pods of stock
 * @param stockControlUrl the second port of the pod of stock that can be made to misbehave
 * @param reviewsUrl the Service of reviews
 * @param agentUrl the admin server of Remora's agent, where the pod has one
 * @param keepAlive whether HTTP connections to the parts are kept
 * @param load of the load that this pod makes by itself
 */
@ConfigurationProperties("shop")
record ShopSettings(
        String pod,
        String namespace,
        URI stockUrl,
        URI stockControlUrl,
        URI reviewsUrl,
        URI agentUrl,
        @DefaultValue("true") boolean keepAlive,
        @DefaultValue Load load) {

    /**
     * @param rate requests per second from the start on
     * @param unseen how long it goes on when nobody looks at the page
     */
    record Load(
            @DefaultValue("0") int rate, @DefaultValue("5m") Duration unseen) {}
}
