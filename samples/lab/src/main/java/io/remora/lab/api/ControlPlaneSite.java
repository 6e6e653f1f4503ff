package io.remora.lab.api;

import io.remora.lab.process.Launcher;
import io.remora.lab.process.PortForwarder;
import io.remora.lab.process.ProcessLauncher;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a control plane runs.
 *
 * @param launcher starts its programs
 * @param address the address that it listens on; its loopback must be up too
 * @param forwarder how this JVM reaches {@code address}; null when it can dial it
 * @param folder an existing folder for its files; null makes a temporary one, which goes with the control plane
 */
public record ControlPlaneSite(
        @Nullable ProcessLauncher launcher,
        InetAddress address,
        @Nullable PortForwarder forwarder,
        @Nullable Path folder) {

    /** This machine's loopback, on free ports. */
    public static ControlPlaneSite local() {
        return new ControlPlaneSite(null, InetAddress.getLoopbackAddress(), null, null);
    }

    /** An address of a namespace of the lab. */
    public static ControlPlaneSite in(
            ProcessLauncher launcher, InetAddress address, PortForwarder forwarder, Path folder) {
        return new ControlPlaneSite(launcher, address, forwarder, folder);
    }

    ProcessLauncher launcherIn(Path files) {
        return new TiedLauncher(launcher == null ? Launcher.local(files) : launcher);
    }

    /**
     * A port to listen on: a free one on this machine, the usual one in a namespace, which is the control plane's own.
     */
    int port(int usual) {
        return launcher != null ? usual : FreePorts.find(address);
    }

    InetSocketAddress reachable(int port) {
        InetSocketAddress inside = new InetSocketAddress(address, port);
        return forwarder == null ? inside : forwarder.forward(inside);
    }
}
