package io.remora.samples.shop.web;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;

/** Looks at a product some times before the pod is ready: the first requests of a JVM are slow, and customers should not have them. */
@Component
class WarmUp implements ApplicationRunner {
    private static final Logger log = LoggerFactory.getLogger(WarmUp.class);
    private static final int TIMES = 30;
    /** The pod becomes ready all the same, whatever is wrong with the parts. */
    private static final Duration LIMIT = Duration.ofSeconds(15);

    private final Shop shop;

    WarmUp(Shop shop) {
        this.shop = shop;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        long begin = System.nanoTime();
        int good = 0;
        while (good < TIMES && System.nanoTime() - begin < LIMIT.toNanos()) {
            try {
                shop.products();
                shop.product("kettle");
                good++;
            } catch (PartFailedException e) {
                log.atInfo().addKeyValue("part", e.part().label()).log("not warm yet: {}", e.getMessage());
            }
        }
        log.atInfo().log("warmed up by {} requests", good);
    }
}
