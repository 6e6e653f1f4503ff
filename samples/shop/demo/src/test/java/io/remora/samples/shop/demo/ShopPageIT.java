package io.remora.samples.shop.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.remora.lab.LabRequirements;
import io.remora.lab.browser.Browser;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The shop with agents: its page in a browser, and its story. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@SuppressWarnings("NullAway.Init")
class ShopPageIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final int PHONE_WIDTH = 375;

    private static ShopCluster cluster;
    private static Page page;

    @TempDir
    private Path profile;

    @BeforeAll
    static void start() {
        LabRequirements.check();
        ShopOptions options = ShopOptions.parse("--root", Jars.root().toString());
        cluster = ShopCluster.start(options, System.out::println);
        Watchdog.start(cluster, System.out::println);
        page = new Page(URI.create("http://localhost:" + cluster.page().getPort()));
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    @Order(1)
    void thePageShowsWhereRequestsGoAndWhoIsEjected() throws Exception {
        try (Browser browser = Browser.start(profile, Duration.ofSeconds(60))) {
            browser.size(1100, 1000, false);
            browser.open(page.root().resolve("/"));
            await().atMost(LIMIT).untilAsserted(() -> {
                assertThat(browser.text("#remora")).contains("agent beside this pod");
                assertThat(browser.all("[data-key=stock] .pod[data-state=used]"))
                        .hasSize(3);
                assertThat(browser.all(".pod[data-state=used]")).hasSize(9);
            });
            assertThat(browser.text("#pod")).isEqualTo("web-1");

            browser.script("const r = document.getElementById('rate'); r.value = 30;"
                    + " r.dispatchEvent(new Event('input')); r.dispatchEvent(new Event('change'))");
            await().atMost(LIMIT).untilAsserted(() -> {
                assertThat(browser.text("#rate-text")).isEqualTo("30");
                for (String pod : List.of("stock-v1-1", "stock-v1-2", "stock-v2-1")) {
                    assertThat(share(browser, pod)).isGreaterThan(10);
                }
            });
            browser.picture("load");
            browser.dark(true);
            browser.picture("load-dark");
            browser.dark(false);

            browser.script("document.querySelector('[data-behaviour=reset]').click()");
            await().atMost(LIMIT).untilAsserted(() -> {
                assertThat(browser.text("[data-key=stock-v2-1] .state"))
                        .startsWith("ejected: ")
                        .contains("; next trial in ");
                assertThat(browser.text("#events"))
                        .contains("stock-v2-1 of stock is ejected: ", "stock-v2 is told: reset");
                assertThat(browser.text("#failure-list")).isNotBlank();
                assertThat(browser.text("#behaviour")).isEqualTo("reset");
            });
            browser.picture("ejected");
            assertPhoneLayout(browser);

            browser.script("document.querySelector('[data-behaviour=healthy]').click()");
            await().atMost(LIMIT).untilAsserted(() -> {
                assertThat(browser.text("#events")).contains("stock-v2-1 of stock is used again");
                assertThat(browser.text("[data-key=stock-v2-1] .state")).isEmpty();
            });
            assertThat(browser.text("#trouble")).isEmpty();
            assertThat(browser.complaints()).isEmpty();
        }
    }

    private static void assertPhoneLayout(Browser browser) throws Exception {
        browser.size(PHONE_WIDTH, 812, true);
        browser.picture("phone");
        assertThat(browser.script("return document.documentElement.scrollWidth"))
                .as("nothing is to be scrolled to the side")
                .isEqualTo((long) PHONE_WIDTH);
        assertThat(browser.script("return [...document.querySelectorAll('button')]"
                        + ".filter(b => b.getBoundingClientRect().height < 36 || b.getBoundingClientRect().right > "
                        + PHONE_WIDTH + ").length"))
                .as("buttons that are small, or not in view")
                .isEqualTo(0L);
        browser.script("document.getElementById('parts').scrollIntoView()");
        browser.picture("phone-parts");
        browser.size(1100, 1000, false);
    }

    private static int share(Browser browser, String pod) {
        String text = browser.text("[data-key=" + pod + "] .bar b").replace(" %", "");
        return text.isEmpty() ? 0 : Integer.parseInt(text);
    }

    @Test
    @Order(2)
    void theStoryIsTrue() {
        List<String> lines = new ArrayList<>();
        boolean allTrue = new Story(cluster, page, false, lines::add).tell();
        lines.forEach(System.out::println);
        assertThat(allTrue).as(String.join("\n", lines)).isTrue();
        assertThat(lines.stream().filter(line -> line.startsWith("ok "))).hasSize(4);
    }
}
