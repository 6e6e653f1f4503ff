package io.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.remora.lab.browser.Browser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The page of the admin server in a browser. It leaves pictures in {@code target/screenshots}. */
@Timeout(300)
class WebPageIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> VIEWS = List.of("services", "connections", "decisions", "explain");

    @SuppressWarnings("NullAway.Init") // before all tests
    private static Browser browser;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();
    private final LookedAtAgent agent;
    private final InetSocketAddress first;
    private final InetSocketAddress second;
    private final InetSocketAddress third;

    WebPageIT() throws IOException {
        agent = new LookedAtAgent();
        open.add(agent);
        first = echo("127.0.0.2");
        second = echo("127.0.0.3");
        third = echo("127.0.0.4");
    }

    @BeforeAll
    static void startBrowser(@TempDir Path profile) {
        browser = Browser.start(profile, Duration.ofSeconds(30));
    }

    @AfterAll
    @SuppressWarnings("ConstantValue") // there is none where the tests are skipped
    static void endBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void services() {
        agent.eject(second);
        agent.service(
                "cart",
                "10.96.0.20",
                LookedAtAgent.endpoint(first, "cart-7d9f-x2x4k", "zone-a", true),
                LookedAtAgent.endpoint(second, "cart-7d9f-9q8zj", "zone-b", true),
                LookedAtAgent.endpoint(third, "cart-7d9f-pl2mm", LookedAtAgent.EVIL, false));
        agent.service("stock", "10.96.0.21", LookedAtAgent.endpoint(third, "stock-0", "zone-a", true));
        agent.service("reviews", "10.96.0.22");
        agent.headless("db");
    }

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
        threads.shutdownNow();
    }

    @Test
    void servicesAreShownWithWhatIsWrongFirst() throws Exception {
        browse("");
        eventually(() -> assertThat(texts("#services .fold"))
                .containsExactly("shop/cart:http", "shop/reviews:http", "shop/stock:http"));

        assertThat(browser.text("#state")).isEqualTo("ready");
        assertThat(browser.text("#link")).isEqualTo("live");
        assertThat(texts("#services .service .pill")).containsExactly("1 of 3 used", "no endpoint", "1 of 1 used");
        assertThat(texts("#services .endpoint .pill")).containsExactly("used", "ejected", "not used", "used");
        assertThat(texts("#services .endpoint .why"))
                .satisfies(why -> assertThat(why.get(1))
                        .startsWith("since ")
                        .contains("2 times in a row: 2 consecutive failures, the last: refused; next trial in "))
                .contains("ready", "not ready");
        assertThat(texts("#services .service .why")).contains("the Service has no endpoint for this port");
        assertThat(browser.text("#services-count")).isEqualTo("3 Service ports");
        assertThat(browser.text("#unbalanced summary")).isEqualTo("1 Service is left alone");
        assertThat(browser.text("#totals")).contains("Endpoints 4", "Ejected 1");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void namesFromTheClusterAreTextOnly() throws Exception {
        browse("");

        eventually(() -> assertThat(browser.text("#services table")).contains(LookedAtAgent.EVIL));
        assertThat(browser.all("main img")).isEmpty();
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void aChangeIsShownWithoutReloading() throws Exception {
        browse("");
        eventually(() -> assertThat(browser.text("#services table")).contains("no endpoint"));
        browser.script("window.stays = true");

        agent.service("reviews", "10.96.0.22", LookedAtAgent.endpoint(third, "reviews-0", "zone-a", true));

        eventually(() -> assertThat(browser.text("#services table"))
                .doesNotContain("no endpoint")
                .contains("shop/reviews-0"));
        assertThat(browser.script("return window.stays")).isEqualTo(true);
    }

    @Test
    void trafficIsShownWithItsRateItsConnectionsAndItsDecisions() throws Exception {
        browse("");
        eventually(() -> assertThat(browser.text("#totals")).contains("New/s 0"));
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            clients.add(exchange("10.96.0.20:80", 2000));
        }
        eventually(() -> assertThat(browser.text("#totals")).containsPattern("New/s [1-9]"));
        eventually(() -> assertThat(browser.text("#totals")).contains("In flight 3"));
        browser.picture("traffic");
        exchange("127.0.0.4:" + third.getPort(), 5).close();

        browser.find("nav a[href='#connections']").click();
        eventually(() -> assertThat(browser.all("#connections tbody tr")).hasSize(3));
        assertThat(browser.text("#connections tbody tr"))
                .contains("10.96.0.20:80", "relaying", "shop/cart:http", "127.0.0.2:" + first.getPort(), "2.0 KiB");
        browser.find("nav a[href='#decisions']").click();
        eventually(() -> assertThat(browser.all("#decisions tbody tr")).hasSize(4));
        assertThat(browser.text("#decisions tbody tr"))
                .contains("passed through", "no known Service has this address and TCP port", "completed", "5 B sent");
        assertThat(browser.text("#decisions tbody tr:last-child"))
                .contains("the only usable one of 2 endpoints; 1 ejected or on trial", "relaying");

        browser.find("#decisions input").sendKeys("Only usable");
        eventually(() -> assertThat(browser.all("#decisions tbody tr")).hasSize(3));
        for (Socket client : clients) {
            client.close();
        }
        eventually(() -> assertThat(texts("#decisions tbody .pill")).containsOnly("completed"));
        browser.find("nav a[href='#connections']").click();
        eventually(() -> assertThat(browser.text("#connections-none")).isEqualTo("No connection is open."));
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void anAddressIsExplained() throws Exception {
        browse("#explain");
        browser.find("#explain input[name=target]").sendKeys("10.96.0.20:80", Keys.ENTER);

        eventually(() -> assertThat(browser.text("#explanation"))
                .contains(
                        "Forwarded to one of 2 endpoints of shop/cart:http, 1 ejected", "every ready endpoint: 2 of 3")
                .contains("ejected", "not ready", LookedAtAgent.EVIL));
        assertThat(browser.all("#explanation tbody tr")).hasSize(3);

        ask("10.96.0.22:80");
        eventually(() -> assertThat(browser.text("#explanation")).contains("no endpoint"));
        ask("stok.shop:http");
        eventually(() -> assertThat(browser.text("#explanation")).contains("stok"));
        ask("what?");
        eventually(() -> assertThat(browser.text("#explanation .verdict.bad")).isNotEmpty());
        ask("192.0.2.1:443");
        eventually(() -> assertThat(browser.text("#explanation")).contains("Passed through to 192.0.2.1"));
        assertThat(complaintsBut("the server responded with a status of 40")).isEmpty();
    }

    @Test
    void aDialledAddressLeadsToItsExplanation() throws Exception {
        browse("");
        eventually(() -> assertThat(texts("#services .sub a")).contains("10.96.0.21:80"));

        browser.all("#services .sub a").stream()
                .filter(link -> link.getText().equals("10.96.0.21:80"))
                .findFirst()
                .orElseThrow()
                .click();

        eventually(() ->
                assertThat(browser.text("#explanation")).contains("Forwarded to the only endpoint of shop/stock:http"));
        assertThat(browser.text("nav a[aria-current]")).isEqualTo("Explain");
    }

    @Test
    void ofManyServicesAPartIsShownAndTheFilterFindsTheOthers() throws Exception {
        for (int i = 0; i < 1000; i++) {
            agent.service(
                    "many-" + i,
                    "10.97." + i / 250 + "." + (i % 250 + 1),
                    LookedAtAgent.endpoint(third, "many-" + i + "-0", "zone-a", true));
        }
        browse("");

        eventually(() -> assertThat(browser.text("#services-count")).isEqualTo("50 of 1,003 Service ports"));
        assertThat(browser.all("#services tbody")).hasSize(50);
        assertThat(texts("#services .fold")).startsWith("shop/cart:http", "shop/reviews:http");
        assertThat(browser.all("#services .endpoint"))
                .as("those of shop/cart, where one is ejected")
                .hasSize(3);
        browser.find("#services-more").click();
        eventually(() -> assertThat(browser.all("#services tbody")).hasSize(100));
        browser.find("#services input").sendKeys("Many-77");
        eventually(() -> assertThat(texts("#services .fold")).hasSize(11).contains("shop/many-777:http"));
        assertThat(String.valueOf(browser.script("return location.hash"))).isEqualTo("#services?filter=Many-77");
        browser.find("#services input").sendKeys("x");
        eventually(() -> assertThat(browser.text("#services-none")).isEqualTo("No Service port matches the filter."));
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void theAgentIsAskedOnceASecondAtMostAndOnlyWhileSomebodyLooks() throws Exception {
        browse("");
        await().atMost(PATIENCE).until(() -> agent.looks.size() >= 4);
        List<Long> looks = List.copyOf(agent.looks);
        for (int i = 1; i < looks.size(); i++) {
            assertThat(Duration.ofNanos(looks.get(i) - looks.get(i - 1))).isGreaterThan(Duration.ofMillis(950));
        }

        String tab = browser.tab();
        browser.covered(true, tab);
        int before = agent.looks.size();
        await("nothing is asked while it is covered, but for what was under way")
                .during(Duration.ofSeconds(3))
                .atMost(PATIENCE)
                .until(() -> agent.looks.size() <= before + 1);
        browser.covered(false, tab);
        int covered = agent.looks.size();
        await().atMost(PATIENCE).until(() -> agent.looks.size() > covered);

        browser.find("#pause").click();
        assertThat(browser.text("#link")).isEqualTo("paused");
        browser.find("#pause").click();
        eventually(() -> assertThat(browser.text("#link")).isEqualTo("live"));
    }

    @Test
    void anAgentThatGoesAwayIsSaidAndFoundAgain() throws Exception {
        browse("");
        eventually(() -> assertThat(browser.text("#link")).isEqualTo("live"));
        browser.complaints();

        agent.shut();
        eventually(() ->
                assertThat(browser.text("#link")).matches("not connected since \\d\\d:\\d\\d:\\d\\d; trying again"));
        assertThat(browser.text("#services table"))
                .as("the last that was known")
                .contains("shop/cart:http");
        browser.picture("gone");
        agent.open();
        eventually(() -> assertThat(browser.text("#link")).isEqualTo("live"));

        assertThat(complaintsBut("net::ERR_")).isEmpty();
    }

    @Test
    void theKeyboardIsEnough() throws Exception {
        browse("");
        eventually(() -> assertThat(texts("#services .endpoint .pill")).hasSize(4));
        List<String> reached = new ArrayList<>();
        browser.find("body").sendKeys(Keys.TAB);
        for (int i = 0; i < 12; i++) {
            reached.add(String.valueOf(browser.script(
                    "const e = document.activeElement; return e.innerText || (e.labels && e.labels[0].innerText)")));
            browser.focused().sendKeys(Keys.TAB);
        }

        assertThat(reached)
                .containsSequence(
                        "Skip to the content",
                        "Pause",
                        "Services",
                        "Connections",
                        "Decisions",
                        "Explain",
                        "Filter",
                        "shop/cart:http",
                        "10.96.0.20:80",
                        "10.96.0.22:80",
                        "shop/stock:http");
        browser.script("document.querySelector('#services .fold').focus()");
        browser.focused().sendKeys(Keys.ENTER);
        eventually(() -> assertThat(texts("#services .endpoint .pill")).hasSize(1));
        assertThat(browser.focused().getText()).isEqualTo("shop/cart:http");
        assertThat(browser.focused().getDomAttribute("aria-expanded")).isEqualTo("false");
        assertThat(browser.script("return [...document.querySelectorAll('input, select')].filter("
                        + "e => !e.labels.length || !e.labels[0].innerText.trim() && e.checkVisibility()).length"))
                .as("fields without a label")
                .isEqualTo(0L);
    }

    @Test
    void itFitsAPhoneAndItIsDarkWhereThatIsWanted() throws Exception {
        for (int i = 0; i < 4; i++) {
            open.add(exchange("10.96.0.20:80", 100_000 * i));
            open.add(exchange("10.96.0.21:80", 50));
        }
        exchange("10.96.0.20:80", 700).close();
        exchange("127.0.0.4:" + third.getPort(), 5).close();
        try (Socket refused = agent.dial("10.96.0.22:80")) {
            assertThat(ended(refused)).isTrue();
        }
        browse("");
        for (String view : VIEWS) {
            String hash = view.equals("explain") ? "#explain?target=10.96.0.20:80" : "#" + view;
            browser.script("location.hash = arguments[0]", hash);
            eventually(() -> assertThat(browser.all("#" + view + " tbody tr")).hasSizeGreaterThan(1));
            for (boolean dark : List.of(false, true)) {
                browser.dark(dark);
                String shade = dark ? "dark" : "light";
                browser.size(1280, 800, false);
                assertThat(overflow()).as("%s at 1280", view).isZero();
                browser.picture(view + "-" + shade);
                browser.size(360, 740, true);
                assertThat(overflow()).as("%s at 360", view).isZero();
                browser.picture(view + "-phone-" + shade);
            }
            for (int width : List.of(320, 760, 860, 861, 1000)) {
                browser.size(width, 900, false);
                assertThat(overflow()).as("%s at %s", view, width).isZero();
            }
        }
        assertThat(browser.complaints()).isEmpty();
    }

    /** Opens the page as a desktop computer shows it. */
    private void browse(String view) {
        browser.size(1280, 800, false);
        browser.dark(false);
        browser.complaints();
        browser.open(agent.page(view));
    }

    private static void ask(String target) {
        browser.script("document.querySelector('#explain input[name=target]').value = ''");
        browser.find("#explain input[name=target]").sendKeys(target, Keys.ENTER);
    }

    private static void eventually(ThrowingRunnable assertion) {
        await().atMost(PATIENCE).untilAsserted(assertion);
    }

    private static List<String> texts(String selector) {
        Object texts = browser.script(
                "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText.replace(/\\s+/g, ' ').trim())",
                selector);
        return ((List<?>) Objects.requireNonNull(texts))
                .stream().map(String::valueOf).toList();
    }

    private static List<String> complaintsBut(String expected) {
        return browser.complaints().stream()
                .filter(complaint -> !complaint.contains(expected))
                .toList();
    }

    /** How many pixels the page is wider than its window. */
    private static long overflow() {
        Object pixels = Objects.requireNonNull(
                browser.script("return document.documentElement.scrollWidth - window.innerWidth"));
        return Math.max(0, ((Number) pixels).longValue());
    }

    private Socket exchange(String address, int bytes) throws IOException {
        Socket client = agent.dial(address);
        client.getOutputStream().write(new byte[bytes]);
        assertThat(client.getInputStream().readNBytes(bytes)).hasSize(bytes);
        return client;
    }

    private static boolean ended(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException e) {
            return true; // reset
        }
    }

    private InetSocketAddress echo(String address) throws IOException {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName(address));
        open.add(server);
        threads.execute(() -> {
            try {
                while (true) {
                    Socket socket = server.accept();
                    open.add(socket);
                    threads.execute(() -> {
                        try (socket) {
                            socket.getInputStream().transferTo(socket.getOutputStream());
                        } catch (IOException e) {
                            // the test ended the connection
                        }
                    });
                }
            } catch (IOException e) {
                // the test is over
            }
        });
        return (InetSocketAddress) server.getLocalSocketAddress();
    }
}
