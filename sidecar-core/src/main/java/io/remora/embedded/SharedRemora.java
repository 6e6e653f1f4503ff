package io.remora.embedded;

import io.remora.client.ClusterDomain;
import io.remora.client.ServiceNames;
import io.remora.config.ConfigException;
import io.remora.config.ConfigReader;
import io.remora.config.RemoraConfig;
import io.remora.config.SettingSources;
import io.remora.kubernetes.OwnNamespace;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@link Remora} of the whole process, for what finds it without being told, as grpc-java's providers do: the one that
 * the application installed last, or else one that is made at first use from the environment and the system properties, and
 * lives as long as the process; that one feeds Micrometer's global registry, if Micrometer is there. Thread-safe.
 */
public final class SharedRemora {

    private static final Logger LOGGER = LoggerFactory.getLogger(SharedRemora.class);
    private static final SharedRemora PROCESS =
            new SharedRemora(() -> start(SettingSources.ofProcess(Map.of()), System.getenv()));

    private final Supplier<Remora> maker;
    private final Deque<Installed> installed = new ArrayDeque<>(); // guarded by this
    private @Nullable Remora own; // guarded by this

    SharedRemora(Supplier<Remora> maker) {
        this.maker = maker;
    }

    /**
     * Returns the one to use, started.
     *
     * @throws IllegalStateException if none is installed, and the settings are wrong or lead to no API server; it says which.
     *     The next call tries again
     */
    public static Remora get() {
        return PROCESS.current();
    }

    /**
     * Makes an instance the one of the process, before the one that is so now. Whoever has that one already keeps it.
     *
     * @param remora started and closed by the caller, who closes what is returned before
     */
    public static Installation install(Remora remora) {
        return PROCESS.put(remora);
    }

    synchronized Remora current() {
        Installed newest = installed.peek();
        if (newest != null) {
            return newest.remora();
        }
        if (own == null) {
            own = maker.get();
        }
        return own;
    }

    synchronized Installation put(Remora remora) {
        Installed entry = new Installed(this, remora);
        installed.push(entry);
        return entry;
    }

    private synchronized void remove(Installed entry) {
        installed.removeIf(each -> each == entry);
    }

    /** An instance that was installed. */
    @FunctionalInterface
    public interface Installation extends AutoCloseable {

        /** Takes it back; who has it keeps it. The one that was installed before is used again. Idempotent. */
        @Override
        void close();
    }

    private static final class Installed implements Installation {

        private final SharedRemora owner;
        private final Remora remora;

        Installed(SharedRemora owner, Remora remora) {
            this.owner = owner;
            this.remora = remora;
        }

        Remora remora() {
            return remora;
        }

        @Override
        public void close() {
            owner.remove(this);
        }
    }

    /** Makes one of a process's settings, and starts it. */
    static Remora start(SettingSources sources, Map<String, String> environment) {
        try {
            ConfigReader.Loaded loaded = ConfigReader.read(sources);
            loaded.warnings().forEach(LOGGER::warn);
            String namespace = OwnNamespace.of(loaded.config().kubernetes(), environment);
            RemoraConfig config = loaded.inNamespace(namespace);
            Remora.Builder builder = Remora.builder(
                    config, new ServiceNames(namespace, ClusterDomain.read()), Remora.cluster(config.kubernetes()));
            if (GlobalMeters.isPossible()) {
                GlobalMeters.join(builder);
            }
            Remora remora = builder.build();
            remora.start();
            LOGGER.atInfo()
                    .addKeyValue("namespace", namespace)
                    .addKeyValue("scope", config.kubernetes().scope().text())
                    .addKeyValue("namespaces", config.kubernetes().namespaces())
                    .log("watching the cluster for this process");
            return remora;
        } catch (ConfigException e) {
            throw new IllegalStateException("Remora's settings are wrong: " + String.join("; ", e.problems()), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("Remora finds no API server: " + ConfigReader.apiProblem(e), e);
        }
    }
}
