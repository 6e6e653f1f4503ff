package io.remora.lab.api;

import io.remora.lab.api.embedded.EmbeddedConfig;
import io.remora.lab.api.embedded.EmbeddedServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;

/** The embedded API server inside of this JVM, on loopback: ready in milliseconds, for tests that need no namespaces. */
public final class EmbeddedControlPlane extends AbstractControlPlane {
    private final EmbeddedServer server;
    private final WorkFolder folder;

    private EmbeddedControlPlane(EmbeddedServer server, WorkFolder folder, ControlPlaneAccess access) {
        super(access);
        this.server = server;
        this.folder = folder;
    }

    public static EmbeddedControlPlane launch() {
        return launch(EmbeddedConfig.DEFAULT);
    }

    public static EmbeddedControlPlane launch(EmbeddedConfig config) {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        EmbeddedServer server = new EmbeddedServer(new InetSocketAddress(loopback, FreePorts.find(loopback)), config);
        WorkFolder folder = WorkFolder.create(null);
        URI url = URI.create("http://127.0.0.1:" + server.address().getPort());
        return new EmbeddedControlPlane(
                server, folder, new ControlPlaneAccess(url, url, "", config.adminToken(), folder.path()));
    }

    @Override
    public boolean isReal() {
        return false;
    }

    @Override
    public void stop() {
        server.stop();
    }

    @Override
    public void start() {
        server.start();
    }

    @Override
    public void restartEmpty() {
        server.restartEmpty();
    }

    /** Forgets the history and ends all watches, so that a client that resumes is answered with 410. */
    public void expire() {
        server.expire();
    }

    @Override
    public void close() {
        access().close();
        server.close();
        folder.close();
    }
}
