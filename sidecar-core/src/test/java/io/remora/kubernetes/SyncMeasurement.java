package io.remora.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.ServicePort.PortKey;
import io.remora.discovery.TransportAddress;
import io.remora.internal.Ticker;
import io.remora.registry.ServiceRegistry;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures what a large cluster costs: 10,000 Services with 5 endpoints each, listed over loopback HTTP by an API server
 * in this process that makes the objects while it writes them, into a registry. Run by hand; arguments: the number of
 * Services, and of changes.
 */
final class SyncMeasurement {

    private static final String MANAGED_FIELDS = "[{\"manager\":\"kube-controller-manager\",\"operation\":\"Update\","
            + "\"apiVersion\":\"discovery.k8s.io/v1\",\"time\":\"2026-01-01T00:00:00Z\",\"fieldsType\":\"FieldsV1\","
            + "\"fieldsV1\":{\"f:addressType\":{},\"f:endpoints\":{},\"f:metadata\":{\"f:annotations\":{\".\":{},"
            + "\"f:endpoints.kubernetes.io/last-change-trigger-time\":{}},\"f:generateName\":{},\"f:labels\":{\".\":{},"
            + "\"f:app\":{},\"f:endpointslice.kubernetes.io/managed-by\":{},\"f:kubernetes.io/service-name\":{}},"
            + "\"f:ownerReferences\":{\".\":{},\"k:{\\\"uid\\\":\\\"0\\\"}\":{}}},\"f:ports\":{}}}]";

    private static final BlockingQueue<String> SERVICE_LINES = new LinkedBlockingQueue<>();
    private static final BlockingQueue<String> SLICE_LINES = new LinkedBlockingQueue<>();

    private SyncMeasurement() {}

    public static void main(String[] arguments) throws IOException {
        int services = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000;
        int changes = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2_000;
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        });
        HttpServer api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        api.setExecutor(threads);
        api.createContext("/", exchange -> answer(exchange, services));
        api.start();

        long before = usedHeap();
        KubernetesConfig config = KubernetesConfig.DEFAULT.withAccess(ApiAccess.apiServer(
                URI.create("http://127.0.0.1:" + api.getAddress().getPort())));
        long start = System.nanoTime();
        var source = new KubernetesDiscoverySource(config, Ticker.SYSTEM, ThreadLocalRandom::current);
        var registry = new ServiceRegistry(source, List.of(), threads);
        registry.start();
        until(() -> registry.snapshot().synced());
        System.out.printf("sync of %d Services, %d endpoints: %d ms%n", services, services * 5, millisSince(start));
        System.out.printf("CPU time of the source's thread: %d ms%n", sourceCpuMillis());
        System.out.printf("heap of source and registry after GC: %.1f MiB%n", (usedHeap() - before) / 1048576.0);
        until(() -> source.status().connected());

        long[] nanos = new long[changes];
        for (int i = 0; i < changes; i++) {
            int service = ThreadLocalRandom.current().nextInt(services);
            int port = 9000 + i;
            String line = ApiObjects.event("MODIFIED", slice(service, port, 2_000_000 + i));
            ServiceId id = new ServiceId("ns-" + service % 100, "service-" + service);
            long begin = System.nanoTime();
            SLICE_LINES.add(line);
            until(() -> {
                var entry = registry.snapshot().service(id);
                return entry != null
                        && entry.service()
                                        .endpoints()
                                        .getOrDefault(new PortKey("http", io.remora.discovery.Protocol.TCP), List.of())
                                        .get(0)
                                        .port()
                                == port;
            });
            nanos[i] = System.nanoTime() - begin;
            LockSupport.parkNanos(200_000);
        }
        Arrays.sort(nanos);
        System.out.printf(
                "one change, from the API server's write to the snapshot: p50 %d us, p99 %d us, max %d us%n",
                nanos[changes / 2] / 1000, nanos[changes * 99 / 100] / 1000, nanos[changes - 1] / 1000);
        System.out.printf(
                "found again: %s; %s%n",
                registry.snapshot().find(TransportAddress.tcp(IpAddress.parse("10.96.0.0"), 80)) != null,
                source.status());
        registry.close();
        api.stop(0);
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }

    private static long sourceCpuMillis() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().equals("remora-kubernetes"))
                        .mapToLong(thread -> threads.getThreadCpuTime(thread.getId()))
                        .sum()
                / 1_000_000;
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static void until(java.util.function.BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("did not come true in 2 minutes");
            }
            LockSupport.parkNanos(20_000);
        }
    }

    private static void answer(HttpExchange exchange, int services) throws IOException {
        boolean slices = exchange.getRequestURI().getPath().endsWith("slices");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = new BufferedOutputStream(exchange.getResponseBody(), 64 << 10)) {
            if (String.valueOf(exchange.getRequestURI().getQuery()).contains("watch=true")) {
                BlockingQueue<String> lines = slices ? SLICE_LINES : SERVICE_LINES;
                out.flush();
                while (true) {
                    write(out, lines.take());
                    out.flush();
                }
            }
            write(out, "{\"kind\":\"List\",\"metadata\":{\"resourceVersion\":\"1000000\"},\"items\":[");
            for (int i = 0; i < services; i++) {
                write(out, (i == 0 ? "" : ",") + (slices ? slice(i, 8080, 1000 + i) : service(i)));
            }
            write(out, "]}");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String service(int i) {
        String ip = "10." + (96 + i / 65536) + "." + (i / 256 % 256) + "." + i % 256;
        return ("{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"service-%1$d\",\"namespace\":"
                        + "\"ns-%2$d\",\"uid\":\"%3$s\",\"resourceVersion\":\"%1$d\",\"creationTimestamp\":"
                        + "\"2026-01-01T00:00:00Z\",\"labels\":{\"app\":\"service-%1$d\"},\"managedFields\":%4$s},"
                        + "\"spec\":{\"ports\":[{\"name\":\"http\",\"protocol\":\"TCP\",\"port\":80,\"targetPort\":"
                        + "8080}],\"selector\":{\"app\":\"service-%1$d\"},\"clusterIP\":\"%5$s\",\"clusterIPs\":"
                        + "[\"%5$s\"],\"type\":\"ClusterIP\",\"sessionAffinity\":\"None\",\"ipFamilies\":[\"IPv4\"],"
                        + "\"ipFamilyPolicy\":\"SingleStack\",\"internalTrafficPolicy\":\"Cluster\"},"
                        + "\"status\":{\"loadBalancer\":{}}}")
                .formatted(i, i % 100, uid(i), MANAGED_FIELDS, ip);
    }

    private static String slice(int i, int port, int version) {
        StringBuilder endpoints = new StringBuilder();
        for (int e = 0; e < 5; e++) {
            int pod = i * 5 + e;
            endpoints
                    .append(e == 0 ? "" : ",")
                    .append(("{\"addresses\":[\"10.%1$d.%2$d.%3$d\"],\"conditions\":{\"ready\":true,\"serving\":true,"
                                    + "\"terminating\":false},\"targetRef\":{\"kind\":\"Pod\",\"namespace\":\"ns-%4$d\","
                                    + "\"name\":\"service-%5$d-6d4cf56db6-%6$d\",\"uid\":\"%7$s\"},\"nodeName\":"
                                    + "\"node-%8$d\",\"zone\":\"zone-%9$d\",\"hints\":{\"forZones\":[{\"name\":"
                                    + "\"zone-%9$d\"}]}}")
                            .formatted(
                                    pod >> 16,
                                    pod >> 8 & 255,
                                    pod & 255,
                                    i % 100,
                                    i,
                                    pod,
                                    uid(pod),
                                    pod % 1000,
                                    pod % 3));
        }
        return ("{\"apiVersion\":\"discovery.k8s.io/v1\",\"kind\":\"EndpointSlice\",\"metadata\":{\"name\":"
                        + "\"service-%1$d-x7k2p\",\"generateName\":\"service-%1$d-\",\"namespace\":\"ns-%2$d\",\"uid\":"
                        + "\"%3$s\",\"resourceVersion\":\"%4$d\",\"labels\":{\"app\":\"service-%1$d\","
                        + "\"endpointslice.kubernetes.io/managed-by\":\"endpointslice-controller.k8s.io\","
                        + "\"kubernetes.io/service-name\":\"service-%1$d\"},\"annotations\":{"
                        + "\"endpoints.kubernetes.io/last-change-trigger-time\":\"2026-01-01T00:00:00Z\"},"
                        + "\"managedFields\":%5$s},\"addressType\":\"IPv4\",\"endpoints\":[%6$s],\"ports\":[{\"name\":"
                        + "\"http\",\"port\":%7$d,\"protocol\":\"TCP\"}]}")
                .formatted(i, i % 100, uid(i), version, MANAGED_FIELDS, endpoints, port);
    }

    private static String uid(int number) {
        return "%08x-0f6c-4c1e-9c57-%012x".formatted(number * 0x9e3779b9, number);
    }
}
