package io.remora.grpc;

import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.remora.embedded.Remora;
import io.remora.embedded.SharedRemora;
import java.net.URI;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Resolves targets {@code k8s:///service}, {@code k8s:///service:port}, with the Service as cluster DNS names it and the port
 * by its name or number. gRPC finds it by itself; who registers another one, in a {@link io.grpc.NameResolverRegistry}, gives
 * it the {@link Remora} to use. Thread-safe.
 */
public class RemoraNameResolverProvider extends NameResolverProvider {

    /** The scheme of targets. */
    public static final String SCHEME = "k8s";

    /** The same scheme in full. */
    public static final String LONG_SCHEME = "kubernetes";

    /**
     * Whether the resolver gives a service config, which names the policy {@code remora}; true if it is not set. gRPC uses the
     * resolver's service config in place of the channel's default one, so a channel whose default service config has retry
     * policies or the like sets this to false, by {@link io.grpc.ManagedChannelBuilder#setNameResolverArg}, and names the
     * policy in its own.
     */
    public static final NameResolver.Args.Key<Boolean> SERVICE_CONFIG =
            NameResolver.Args.Key.create("io.remora.grpc.service-config");

    /**
     * The {@link Remora} of a channel, asked when the channel begins to resolve, also when it wakes from being idle; if it is not
     * set, the provider's. For processes with several.
     */
    public static final NameResolver.Args.Key<Supplier<Remora>> REMORA =
            NameResolver.Args.Key.create("io.remora.grpc.remora");

    /** Below that of {@code dns}: the scheme of the first provider is that of targets which name none. */
    private static final int PRIORITY = 4;

    private final String scheme;
    private final Supplier<Remora> remora;

    /** For targets {@code k8s:///} and {@link SharedRemora}: the one that gRPC finds. */
    public RemoraNameResolverProvider() {
        this(SharedRemora::get);
    }

    /** For targets {@code k8s:///}. */
    public RemoraNameResolverProvider(Supplier<Remora> remora) {
        this(SCHEME, remora);
    }

    /**
     * For targets of a scheme.
     *
     * @param remora asked when a channel begins to resolve; what it throws fails the channel's calls, until it answers
     */
    public RemoraNameResolverProvider(String scheme, Supplier<Remora> remora) {
        this.scheme = Objects.requireNonNull(scheme);
        this.remora = Objects.requireNonNull(remora);
    }

    /** For targets {@code kubernetes:///} and {@link SharedRemora}: the one that gRPC finds. */
    public static final class LongScheme extends RemoraNameResolverProvider {

        /** Called by gRPC. */
        public LongScheme() {
            super(LONG_SCHEME, SharedRemora::get);
        }
    }

    @Override
    protected boolean isAvailable() {
        return true;
    }

    @Override
    protected int priority() {
        return PRIORITY;
    }

    @Override
    public String getDefaultScheme() {
        return scheme;
    }

    /**
     * @return null if the target has another scheme
     * @throws IllegalArgumentException if the target has this scheme and is wrong otherwise
     */
    @Override
    @SuppressWarnings("NullAway") // gRPC's contract, which has no annotations
    public NameResolver newNameResolver(URI target, NameResolver.Args args) {
        if (!scheme.equals(target.getScheme())) {
            return null;
        }
        Supplier<Remora> own = args.getArg(REMORA);
        return new RemoraNameResolver(GrpcTarget.parse(target), args, own == null ? remora : own);
    }
}
