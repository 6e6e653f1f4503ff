package io.remora.samples.shop.demo;

import io.remora.lab.process.LabException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** The program behind {@code samples/shop/run}. */
public final class ShopDemo {
    private static final int NOT_TRUE = 1;
    private static final int USAGE = 2;

    private ShopDemo() {}

    /** Exit codes: 0 all was true, 1 something was not or could not be shown, 2 wrong arguments. */
    @SuppressWarnings("SystemExitOutsideMain")
    public static void main(String[] arguments) throws InterruptedException {
        ShopOptions options;
        try {
            options = ShopOptions.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(USAGE);
            return;
        }
        PrintStream stream = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        System.exit(run(options, stream::println) ? 0 : NOT_TRUE);
    }

    private static boolean run(ShopOptions options, Consumer<String> out) throws InterruptedException {
        long begin = System.nanoTime();
        Consumer<String> timed = line ->
                out.accept(String.format(Locale.ROOT, "%4d s  %s", (System.nanoTime() - begin) / 1_000_000_000, line));
        try (ShopCluster cluster = ShopCluster.start(options, timed)) {
            InetSocketAddress inside = cluster.page();
            int port = options.port() == 0 ? inside.getPort() : PagePort.open(options.port(), inside);
            Page page = new Page(URI.create("http://localhost:" + port));
            timed.accept("the shop is open: " + page.root() + "/");
            Watchdog.start(cluster, timed);
            boolean allTrue = !options.story() || new Story(cluster, page, options.starter(), timed).tell();
            if (options.keep()) {
                KeepGuide.of(cluster, page, options).forEach(out);
                new CountDownLatch(1).await();
            }
            return allTrue;
        } catch (LabException e) {
            System.err.println("The shop could not go on: " + e.getMessage());
            return false;
        }
    }
}
