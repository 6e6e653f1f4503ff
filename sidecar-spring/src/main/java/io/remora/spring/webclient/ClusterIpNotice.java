package io.remora.spring.webclient;

import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;

/** Says once, for each kind of client and scheme, that requests keep the ClusterIP, and how they would not. Thread-safe. */
final class ClusterIpNotice {

    private static final Logger log = LoggerFactory.getLogger(ClusterIpNotice.class);

    private final Set<String> told = ConcurrentHashMap.newKeySet();

    void keepsClusterIp(ClientHttpConnector connector, URI uri) {
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        String name = connector.getClass().getSimpleName();
        if (told.add(name + " " + scheme)) {
            log.atInfo()
                    .addKeyValue("connector", name)
                    .addKeyValue("scheme", scheme)
                    .addKeyValue("host", uri.getHost())
                    .log(
                            "requests keep the ClusterIP, since this HTTP client cannot dial a pod by the name of its"
                                    + " Service; use Reactor Netty or Jetty without a proxy: add"
                                    + " io.projectreactor.netty:reactor-netty-http and set spring.http.clients.reactive.connector=reactor");
        }
    }

    /** A builder that somebody may want as what it is. */
    void declared(String bean) {
        log.atInfo()
                .addKeyValue("bean", bean)
                .log("requests keep the ClusterIP: the bean may be wanted as what it is; declare it as"
                        + " ClientHttpConnectorBuilder<?>");
    }

    /** A connector that was not made by the builder. */
    void unknown(String bean, ClientHttpConnector connector) {
        log.atInfo()
                .addKeyValue("bean", bean)
                .addKeyValue("connector", connector.getClass().getSimpleName())
                .log("requests of this connector keep the ClusterIP; make it with the bean ClientHttpConnectorBuilder");
    }
}
