package io.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.LoggerContext;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.remora.agent.ServicesView.DestinationView;
import io.remora.agent.ServicesView.EndpointView;
import io.remora.balancer.BalancerPolicy;
import io.remora.balancer.BalancerRegistry;
import io.remora.balancer.Outcome;
import io.remora.balancer.OutcomeListener;
import io.remora.balancer.Pick;
import io.remora.balancer.PickContext;
import io.remora.config.AdminConfig;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceSnapshot;
import io.remora.discovery.StaticDiscoverySource;
import io.remora.discovery.TransportAddress;
import io.remora.internal.Moments;
import io.remora.registry.ServiceRegistry;
import io.remora.relay.OriginalAddress;
import io.remora.relay.RefusalBuckets;
import io.remora.relay.RefusalConfig;
import io.remora.relay.RelayConfig;
import io.remora.relay.RelayListener;
import io.remora.relay.RelayServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
@SuppressWarnings("AddressSelection") // addresses, no names
class AdminServerTest {

    private static final Duration REQUEST_TIME = Duration.ofMillis(500);

    private final StaticDiscoverySource source =
            new StaticDiscoverySource(List.of(Shop.service("stock", "10.96.0.20"), Shop.headless("db")));
    private final BalancerRegistry balancers = new BalancerRegistry(BalancerPolicy.P2C, OutcomeListener.NONE);
    private final ServiceRegistry registry = new ServiceRegistry(source, List.of(balancers), Runnable::run);
    private final AtomicLong clock = new AtomicLong();
    private final RelayServer relay = new RelayServer(
            RelayConfig.DEFAULT.withHold(Duration.ofSeconds(3)),
            registry,
            balancers,
            RelayListener.NONE,
            new RefusalBuckets(RefusalConfig.OFF),
            OriginalAddress.netfilter(),
            clock::get,
            () -> new Random(1)); // never started: asked for the hold only
    private final AtomicBoolean acceptPaused = new AtomicBoolean();
    private final AgentStatus status = new AgentStatus(registry, relay::isHolding, acceptPaused::get);
    private final LoggerContext logging = new LoggerContext();
    private final List<String> quits = new ArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private final AdminServer server = new AdminServer(routes(), REQUEST_TIME, Duration.ofSeconds(10));
    private int port;

    private AdminRoutes routes() {
        StatusPages pages = new StatusPages(status);
        LoggingPage levels = new LoggingPage(logging);
        return new AdminRoutes()
                .get("/ready", "ready", pages::ready)
                .get("/live", "live", pages::live)
                .get("/services", "services", new ServicesPage(registry, balancers, status::view, Moments.SYSTEM))
                .get("/broken", "fails", request -> {
                    throw new IllegalStateException("on purpose");
                })
                .getAndPost("/logging", "levels", levels::show, levels::change)
                .post("/quitquitquit", "ends", request -> {
                    quits.add(request.path());
                    return AdminResponse.text(HttpResponseStatus.OK, "draining");
                });
    }

    @BeforeEach
    void bind() throws IOException {
        List<TransportAddress> bound = server.bind(new AdminConfig(List.of(), 0));
        port = bound.get(0).port();
    }

    @AfterEach
    void close() {
        server.close();
        logging.stop();
    }

    @Test
    void readyWaitsForTheSyncButNotLongerThanTheHoldTime() throws Exception {
        status.setBound();

        HttpResponse<String> before = get("/ready");
        clock.set(Duration.ofSeconds(3).toNanos());
        HttpResponse<String> after = get("/ready");
        registry.start();
        HttpResponse<String> synced = get("/ready");

        assertThat(before.statusCode()).isEqualTo(503);
        assertThat(before.body()).startsWith("starting\n- the Services are not known yet: connections are held\n");
        assertThat(after.statusCode()).isEqualTo(200);
        assertThat(after.body())
                .startsWith("degraded\n- the Services are not known yet: connections are passed through unbalanced\n");
        assertThat(synced.statusCode()).isEqualTo(200);
        assertThat(synced.body()).isEqualTo("ready\n");
    }

    @Test
    void readyFailsAsLongAsTheRelayIsNotBound() throws Exception {
        registry.start();

        assertThat(get("/ready").statusCode()).isEqualTo(503);
        assertThat(get("/live").statusCode()).isEqualTo(200);
    }

    @Test
    void drainingStaysReadySinceThePodMayStillServe() throws Exception {
        registry.start();
        status.setBound();
        status.setDraining();

        HttpResponse<String> response = get("/ready");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("draining\n");
    }

    @Test
    void readyIsDegradedWhileAcceptingIsPaused() throws Exception {
        registry.start();
        status.setBound();
        acceptPaused.set(true);

        HttpResponse<String> paused = get("/ready");
        acceptPaused.set(false);

        assertThat(paused.statusCode()).isEqualTo(200);
        assertThat(paused.body()).startsWith("degraded\n- accepting is paused until connections end");
        assertThat(get("/ready").body()).isEqualTo("ready\n");
    }

    @Test
    void servicesShowDecisionsAndUse() throws Exception {
        registry.start();
        var destination = Objects.requireNonNull(
                registry.snapshot().find(TransportAddress.tcp(IpAddress.parse("10.96.0.20"), 80)));
        var balancer = Objects.requireNonNull(balancers.find(destination));
        PickContext context = new PickContext(new Random(1));
        Pick open = Objects.requireNonNull(balancer.pick(context));
        Objects.requireNonNull(balancer.pick(new PickContext(new Random(1)))).complete(Outcome.REFUSED);

        ServicesView view = Json.MAPPER.readValue(get("/services").body(), ServicesView.class);

        assertThat(view.totals()).isEqualTo(new ServicesView.Totals(2, 1, 2, 1, 1, 2, 1, 0));
        DestinationView stock = view.destinations().get(0);
        assertThat(stock.service()).isEqualTo("shop/stock");
        assertThat(stock.addresses()).containsExactly("10.96.0.20:80");
        assertThat(stock.endpoints())
                .containsExactly(
                        new EndpointView(
                                "10.244.0.1:8080",
                                true,
                                true,
                                false,
                                "zone-a",
                                "node-1",
                                "shop/stock-0",
                                true,
                                "ready",
                                1,
                                2,
                                1,
                                null,
                                null,
                                null,
                                null),
                        new EndpointView(
                                "10.244.0.2:8080",
                                false,
                                true,
                                true,
                                null,
                                null,
                                null,
                                false,
                                "terminating, and others are ready",
                                0,
                                0,
                                0,
                                null,
                                null,
                                null,
                                null));
        assertThat(view.unbalanced())
                .containsExactly(
                        new ServicesView.UnbalancedView("shop/db", "headless: clients dial its pods themselves"));
        open.complete(Outcome.SUCCESS);
        assertThat(Json.MAPPER
                        .readValue(get("/services").body(), ServicesView.class)
                        .totals()
                        .inFlight())
                .isZero();
    }

    @Test
    void oneServiceIsFoundByEachOfItsNames() throws Exception {
        registry.start();

        for (String name : List.of("stock", "shop/stock", "stock.shop", "stock.shop.svc.cluster.local")) {
            ServicesView view =
                    Json.MAPPER.readValue(get("/services?service=" + name).body(), ServicesView.class);
            assertThat(view.destinations()).as(name).hasSize(1);
            assertThat(view.unbalanced()).as(name).isEmpty();
        }
    }

    @Test
    void anUnknownServiceIsAnsweredWithNearMatches() throws Exception {
        registry.start();

        HttpResponse<String> response = get("/services?service=stok");

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body())
                .isEqualTo("{\"error\":\"no Service named 'stok'\",\"near\":[\"shop/stock\"],\"synced\":true}");
        assertThat(get("/services?service=STOCK").body()).contains("\"near\":[\"shop/stock\"]");
        assertThat(get("/services?service=o").body()).contains("\"near\":[]");
    }

    @Test
    void aServiceIsFoundByItsClusterIp() throws Exception {
        registry.start();
        source.update(Shop.service("v6", "fd00::20"));

        for (String address : List.of("10.96.0.20", "10.96.0.20:80", "fd00:0::20", "%5Bfd00::20%5D:80")) {
            ServicesView view =
                    Json.MAPPER.readValue(get("/services?service=" + address).body(), ServicesView.class);
            assertThat(view.destinations())
                    .as(address)
                    .singleElement()
                    .extracting(DestinationView::service)
                    .isEqualTo(address.contains("fd00") ? "shop/v6" : "shop/stock");
        }
    }

    @Test
    void anUnknownClusterIpOrPortIsSaid() throws Exception {
        registry.start();

        assertThat(get("/services?service=10.96.0.21").body()).contains("no Service has the ClusterIP 10.96.0.21");
        assertThat(get("/services?service=10.96.0.20:81").statusCode()).isEqualTo(404);
        assertThat(get("/services?service=10.96.0.20:81").body())
                .contains("Service shop/stock has the ClusterIP 10.96.0.20, but no TCP port 81, only 80");
        assertThat(get("/services?service=10.96.0.20:99999").body()).contains("no Service named '10.96.0.20:99999'");
    }

    @Test
    void anAgentThatDoesNotKnowAllServicesYetSaysSo() throws Exception {
        assertThat(get("/services?service=stock").body())
                .isEqualTo("{\"error\":\"no Service named 'stock'\",\"near\":[],\"synced\":false}");
        assertThat(Json.MAPPER
                        .readValue(get("/services").body(), ServicesView.class)
                        .status()
                        .synced())
                .isFalse();
    }

    @Test
    void manyServicesArriveWhole() throws Exception {
        registry.start();
        for (int i = 0; i < 2000; i++) {
            ServiceSnapshot service = Shop.service("s" + i, "10.97." + i / 250 + "." + (i % 250 + 1));
            source.update(service);
        }

        ServicesView view = Json.MAPPER.readValue(get("/services").body(), ServicesView.class);

        assertThat(view.destinations()).hasSize(2001);
    }

    @Test
    void aPartOfTheServicesIsListedByFilterLimitAndOrder() throws Exception {
        registry.start();
        for (int i = 0; i < 30; i++) {
            source.update(Shop.service("s" + i, "10.97.0." + (i + 1)));
        }
        source.update(withoutEndpoints("z-empty", "10.97.1.1"));

        ServicesView some = services("?filter=SHOP/S1&limit=2");
        assertThat(some.destinations()).extracting(DestinationView::service).containsExactly("shop/s1", "shop/s10");
        assertThat(some.matched()).isEqualTo(new ServicesView.Matched(11, 0));
        assertThat(some.totals().services()).as("whatever is listed").isEqualTo(33);
        assertThat(services("?filter=10.97.0.7:").destinations())
                .extracting(DestinationView::service)
                .containsExactly("shop/s6");
        assertThat(services("?filter=s12-0").destinations()).as("by its pod").hasSize(1);
        assertThat(services("?filter=10.244.0.2").matched().destinations())
                .as("by an endpoint")
                .isEqualTo(31);
        assertThat(services("?filter=db").matched()).isEqualTo(new ServicesView.Matched(0, 1));
        assertThat(services("?filter=nothing").destinations()).isEmpty();
        assertThat(services("?order=trouble&limit=2").destinations())
                .extracting(DestinationView::service)
                .containsExactly("shop/z-empty", "shop/s0");
        assertThat(services("?filter=z-empty").destinations().get(0).selection())
                .isEqualTo("the Service has no endpoint for this port");

        DestinationView cut =
                services("?filter=stock&endpoints=1").destinations().get(0);
        assertThat(cut.endpoints()).hasSize(1);
        assertThat(cut.sums()).isEqualTo(new DestinationView.Sums(2, 1, 0, 0, 0));
        assertThat(get("/services?limit=some").statusCode()).isEqualTo(400);
        assertThat(get("/services?order=size").body()).isEqualTo("order must be one of name, trouble: 'size'\n");
    }

    private static ServiceSnapshot withoutEndpoints(String name, String clusterIp) {
        ServiceSnapshot service = Shop.service(name, clusterIp);
        return new ServiceSnapshot(service.id(), service.spec(), Map.of(), null);
    }

    private ServicesView services(String query) throws Exception {
        return Json.MAPPER.readValue(get("/services" + query).body(), ServicesView.class);
    }

    @Test
    void badPathsMethodsAndBodiesGetClearAnswers() throws Exception {
        assertThat(get("/redy").statusCode()).isEqualTo(404);
        assertThat(get("/redy").body()).startsWith("no such page: /redy; did you mean /ready?");
        assertThat(send("POST", "/ready", "").statusCode()).isEqualTo(405);
        assertThat(send("POST", "/ready", "").body()).isEqualTo("/ready answers to GET only\n");
        assertThat(get("/quitquitquit").statusCode()).isEqualTo(405);
        assertThat(send("DELETE", "/logging", "").body()).isEqualTo("/logging answers to GET and POST only\n");
        assertThat(send("POST", "/quitquitquit", "now").statusCode()).isEqualTo(400);
        assertThat(get("/broken").statusCode()).isEqualTo(500);
        assertThat(get("/").body()).contains("/services");
        assertThat(quits).isEmpty();
    }

    @Test
    void whatIsTooLongIsAnsweredWithTheLimit() throws Exception {
        String expecting = "Content-Length: 100000\r\nExpect: 100-continue";

        assertThat(raw("GET /" + "x".repeat(4096), "Host: localhost"))
                .startsWith("HTTP/1.1 414 ")
                .contains("the request line may have 4096 bytes");
        assertThat(raw("GET /live", "Host: localhost", "X: " + "x".repeat(8192)))
                .startsWith("HTTP/1.1 431 ")
                .contains("the header fields together may have 8192 bytes");
        assertThat(raw("GET /" + "x".repeat(3000), "Host: localhost", "X: " + "x".repeat(7000)))
                .startsWith("HTTP/1.1 404 ");
        assertThat(raw("POST /quitquitquit", "Host: localhost", expecting))
                .startsWith("HTTP/1.1 413 ")
                .contains("the body may have 16384 bytes, and no page takes one");
        assertThat(raw("POST /quitquitquit", "Host: localhost", "Content-Length: 100000"))
                .startsWith("HTTP/1.1 413 ")
                .contains("the body may have 16384 bytes, and no page takes one");
        assertThat(send("POST", "/quitquitquit", "x".repeat(100_000)).statusCode())
                .isEqualTo(413);
        assertThat(quits).isEmpty();
    }

    @Test
    void headHasNoBody() throws Exception {
        HttpResponse<String> response = send("HEAD", "/live", "");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
    }

    @Test
    void logLevelsAreReadAndChanged() throws Exception {
        assertThat(send("POST", "/logging?level=debug&logger=io.remora.relay", "")
                        .body())
                .contains("io.remora.relay=debug");
        assertThat(get("/logging").body()).contains("io.remora.relay=debug");
        assertThat(send("POST", "/logging?level=loud", "").statusCode()).isEqualTo(400);
        assertThat(send("POST", "/logging", "").statusCode()).isEqualTo(400);
    }

    @Test
    void changesAreAcceptedFromLoopbackOverEitherFamily() throws Exception {
        assertThat(send("POST", "/quitquitquit", "").statusCode()).isEqualTo(200);
        if (InetAddress.getByName("::1").isReachable(100)) {
            assertThat(send(URI.create("http://[::1]:" + port + "/quitquitquit"), "POST", "")
                            .statusCode())
                    .isEqualTo(200);
        }
        assertThat(quits).isNotEmpty();
    }

    @Test
    void changesAreRefusedFromElsewhere() throws Exception {
        String other = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress() && address instanceof java.net.Inet4Address)
                .map(InetAddress::getHostAddress)
                .findFirst()
                .orElse("");
        Assumptions.assumeFalse(other.isEmpty(), "this machine has no address but loopback");

        assertThat(send(URI.create("http://" + other + ":" + port + "/quitquitquit"), "POST", "")
                        .statusCode())
                .isEqualTo(403);
        assertThat(send(URI.create("http://" + other + ":" + port + "/live"), "GET", "")
                        .statusCode())
                .isEqualTo(200);
        assertThat(quits).isEmpty();
    }

    @Test
    void changesAreRefusedFromWebPages() throws Exception {
        assertThat(raw("POST /quitquitquit", "Host: localhost:15020", "Origin: http://localhost:15020"))
                .startsWith("HTTP/1.1 403 ")
                .contains("Origin");
        assertThat(raw("POST /quitquitquit", "Host: localhost", "Origin: null")).startsWith("HTTP/1.1 403 ");
        for (String host : List.of("rebound.example:15020", "127.0.0.1.example", "127.evil.example", "[::2]", "")) {
            assertThat(raw("POST /quitquitquit", "Host: " + host))
                    .as(host)
                    .startsWith("HTTP/1.1 403 ")
                    .contains("Host");
        }
        assertThat(quits).isEmpty();
    }

    @Test
    void changesAreAcceptedUnderEveryLoopbackName() throws Exception {
        for (String host : List.of("localhost", "LOCALHOST:80", "127.0.0.1:15020", "127.1.2.3", "[::1]", "[::1]:9")) {
            assertThat(raw("POST /quitquitquit", "Host: " + host)).as(host).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void readingIsForEveryName() throws Exception {
        assertThat(raw("GET /live", "Host: client.shop.svc", "Origin: http://a.example"))
                .startsWith("HTTP/1.1 200 ");
    }

    @Test
    void malformedPercentEscapesAreAnswered() throws Exception {
        for (String target : List.of("/%zz", "/%", "/services?service=%zz")) {
            assertThat(raw("GET " + target, "Host: localhost"))
                    .as(target)
                    .startsWith("HTTP/1.1 400 ")
                    .contains("percent escape");
        }
    }

    private String raw(String request, String... headers) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            String text = request + " HTTP/1.1\r\n" + String.join("\r\n", headers) + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void whatIsNoHttpGetsAnAnswerAndTheConnectionIsClosed() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write("\u0016\u0003\u0001 hello\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void slowClientsDelayNobodyAndAreCutOff() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                Socket socket = new Socket("127.0.0.1", port);
                socket.setSoTimeout(10_000);
                socket.getOutputStream().write("GET /li".getBytes(StandardCharsets.US_ASCII));
                slow.add(socket);
            }

            assertThat(get("/live").statusCode()).isEqualTo(200);
            for (Socket socket : slow) {
                InputStream in = socket.getInputStream();
                assertThat(endOf(in)).isTrue();
            }
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    private static boolean endOf(InputStream in) {
        try {
            return in.read() < 0;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true; // reset
        }
    }

    @Test
    void aPortInUseIsSaidWithItsSetting() {
        try (AdminServer second = new AdminServer(new AdminRoutes())) {
            assertThatThrownBy(() -> second.bind(new AdminConfig(List.of(), port)))
                    .isInstanceOfSatisfying(
                            BindFailure.class, e -> assertThat(e.isInUse()).isTrue())
                    .hasMessageContaining("another process has the port")
                    .hasMessageContaining("remora.admin.port");
        }
    }

    @Test
    void anAddressOfAnotherMachineIsSaidWithItsSetting() {
        AdminConfig elsewhere = new AdminConfig(List.of(IpAddress.parse("192.0.2.1")), port); // TEST-NET-1
        try (AdminServer second = new AdminServer(new AdminRoutes())) {
            assertThatThrownBy(() -> second.bind(elsewhere))
                    .isInstanceOf(BindFailure.class)
                    .hasMessage("cannot listen on 192.0.2.1:" + port
                            + ": this machine has no such address. Choose other remora.admin.addresses");
        }
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send("GET", path, "");
    }

    private HttpResponse<String> send(String method, String path, String body) throws Exception {
        return send(URI.create("http://127.0.0.1:" + port + path), method, body);
    }

    private HttpResponse<String> send(URI uri, String method, String body) throws Exception {
        HttpRequest.BodyPublisher publisher =
                body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        return client.send(
                HttpRequest.newBuilder(uri)
                        .timeout(Duration.ofSeconds(10))
                        .method(method, publisher)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
