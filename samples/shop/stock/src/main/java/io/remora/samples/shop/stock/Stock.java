package io.remora.samples.shop.stock;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Serves the stock on port 8080, and its {@link Control} on 8081. */
public final class Stock {
    private static final int PORT = 8080;
    private static final int CONTROL_PORT = 8081;
    /** How long clients have to leave their connections at the end; a client that is idle for longer looks before it uses one. */
    private static final long DRAIN_SECONDS = 3;

    private Stock() {}

    public static void main(String[] arguments) throws IOException {
        // Without it an answer waits for the acknowledgement of its head.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        String pod = System.getenv().getOrDefault("POD_NAME", "stock");
        StockServer stock = new StockServer(PORT, pod);
        Control control = new Control(CONTROL_PORT, stock);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(stock, control), "end"));
        System.out.println("serving");
    }

    private static void end(StockServer stock, Control control) {
        stock.drain();
        try {
            TimeUnit.SECONDS.sleep(DRAIN_SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        stock.close();
        control.close();
    }
}
