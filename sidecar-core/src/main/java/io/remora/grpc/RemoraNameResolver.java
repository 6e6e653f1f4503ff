package io.remora.grpc;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import io.remora.balancer.DestinationBalancer;
import io.remora.balancer.EndpointState;
import io.remora.client.ServiceSubscriptions.Subscription;
import io.remora.client.ServiceTarget;
import io.remora.discovery.ServiceId;
import io.remora.embedded.Remora;
import io.remora.registry.RegistrySnapshot;
import io.remora.registry.ServiceEntry;
import io.remora.registry.ServiceRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells a channel the endpoints of one Service port: those that are known at once, and every change as it comes. While it
 * runs, a source that watches only what is used keeps the Service. Owned by the channel's synchronization context.
 */
final class RemoraNameResolver extends NameResolver {

    private static final Map<String, ?> POLICY =
            Map.of("loadBalancingConfig", List.of(Map.of(RemoraLoadBalancerProvider.POLICY, Map.of())));

    private final GrpcTarget target;
    private final Args args;
    private final Supplier<Remora> shared;
    private final SynchronizationContext context;
    private final Executor offload;
    private final AtomicBoolean told = new AtomicBoolean(); // a change, which nobody has begun to read
    private final boolean givesServiceConfig;
    // Owned by the context.
    private @Nullable Listener2 listener;
    private @Nullable Watch watch;
    private @Nullable String failure; // what was told last; null if all is well
    private boolean shutdown;

    RemoraNameResolver(GrpcTarget target, Args args, Supplier<Remora> shared) {
        this.target = target;
        this.args = args;
        this.shared = shared;
        this.context = args.getSynchronizationContext();
        Executor offered = args.getOffloadExecutor();
        this.offload = offered == null ? Runnable::run : offered;
        Boolean wanted = args.getArg(RemoraNameResolverProvider.SERVICE_CONFIG);
        this.givesServiceConfig = target.serviceConfig() && !Boolean.FALSE.equals(wanted);
    }

    @Override
    public String getServiceAuthority() {
        return target.authority();
    }

    @Override
    public void start(Listener2 newListener) {
        context.execute(() -> {
            listener = newListener;
            resolve();
        });
    }

    /** Nothing is to be asked, since changes are pushed: gRPC tries again after an error, and hears what is known now. */
    @Override
    public void refresh() {
        context.execute(this::resolve);
    }

    @Override
    public void shutdown() {
        context.execute(() -> {
            shutdown = true;
            if (watch != null) {
                watch.close();
            }
        });
    }

    /** Called by the registry's writer, which has more to do than what a channel and its application do about it. */
    private void changed() {
        if (told.compareAndSet(false, true)) {
            try {
                offload.execute(() -> {
                    told.set(false);
                    context.execute(this::resolve);
                });
            } catch (RejectedExecutionException e) {
                told.set(false); // the application has closed the executor that it gave to the channel
            }
        }
    }

    private void resolve() {
        if (shutdown) {
            return;
        }
        if (watch == null) {
            watch = begin();
        }
        if (watch != null) {
            watch.deliver();
        }
    }

    /** Returns null, and says why, if it cannot even begin. */
    private @Nullable Watch begin() {
        Remora remora;
        try {
            remora = shared.get();
        } catch (RuntimeException e) {
            fail(Status.UNAVAILABLE
                    .withDescription("the target " + target.authority() + " cannot be resolved: " + e.getMessage())
                    .withCause(e));
            return null;
        }
        ServiceId service = remora.requests().names().find(target.host());
        if (service == null) {
            fail(Status.UNAVAILABLE.withDescription("no Service can be called " + target.host()
                    + "; write service, service.namespace, or service.namespace.svc."
                    + remora.requests().names().clusterDomain()));
            return null;
        }
        return new Watch(remora, service);
    }

    /**
     * Once for each failure while there is a watch that will tell more: gRPC logs them, and asks again and again. Before there
     * is one, it is gRPC that must ask again, which it does only after it was told.
     */
    private void fail(Status status) {
        if (watch == null || !Objects.equals(failure, status.getDescription())) {
            failure = status.getDescription();
            tell(ResolutionResult.newBuilder()
                    .setAddressesOrError(StatusOr.fromStatus(status))
                    .build());
        }
    }

    private void tell(ResolutionResult result) {
        if (listener != null) {
            Status unused = listener.onResult2(result); // there is nothing to be asked again
        }
    }

    /** What is held while the resolver runs. */
    private final class Watch {

        private final Remora remora;
        private final ServiceId service;
        private final Subscription subscription;
        private final ServiceRegistry.LookUp<Optional<ServiceEntry>> lookUp;
        private final SynchronizationContext.ScheduledHandle patience;
        private boolean settled; // the source has found out about the Service
        private boolean overdue;

        Watch(Remora remora, ServiceId service) {
            this.remora = remora;
            this.service = service;
            subscription = remora.subscriptions().subscribe(service, RemoraNameResolver.this::changed);
            lookUp = remora.registry().lookUp(service);
            lookUp.result()
                    .thenAcceptAsync(
                            entry -> context.execute(() -> {
                                settled = true;
                                resolve();
                            }),
                            offload);
            patience = context.schedule(
                    () -> {
                        overdue = true;
                        deliverUnknown();
                    },
                    remora.config().relay().hold().toNanos(),
                    TimeUnit.NANOSECONDS,
                    args.getScheduledExecutorService());
        }

        /** Of a Service that is known, the subscription told. */
        private void deliverUnknown() {
            if (!shutdown && remora.registry().snapshot().service(service) == null) {
                deliver();
            }
        }

        void close() {
            subscription.close();
            lookUp.close();
            patience.cancel();
        }

        void deliver() {
            RegistrySnapshot snapshot = remora.registry().snapshot();
            ServiceEntry entry = snapshot.service(service);
            if (entry != null) {
                patience.cancel();
                StatusOr<ServiceTarget> port = PortChoice.of(entry, target);
                if (port.hasValue()) {
                    deliver(port.getValue());
                } else {
                    fail(port.getStatus());
                }
            } else if (snapshot.exhaustive() || settled) {
                patience.cancel();
                fail(Status.UNAVAILABLE.withDescription("there is no Service " + service + where()
                        + "; create it, or correct the target's name or namespace"));
            } else if (overdue) {
                fail(Status.UNAVAILABLE.withDescription("Service " + service + " is not known yet: " + problem()
                        + "; the calls go on as soon as it is"));
            }
        }

        /** A Service that nobody is told of is there for all but this process. */
        private String where() {
            List<String> namespaces = remora.namespaces();
            return namespaces.isEmpty() || namespaces.contains(service.namespace())
                    ? ""
                    : " in the namespaces that are watched, " + String.join(", ", namespaces)
                            + " (remora.kubernetes.namespaces)";
        }

        private String problem() {
            String known = remora.registry().status().problem();
            return known == null ? "the API server has not told of it" : known;
        }

        private void deliver(ServiceTarget port) {
            ResolvedService resolved = new ResolvedService(remora.requests(), port);
            DestinationBalancer balancer = resolved.balancer();
            if (balancer == null) {
                fail(Status.UNAVAILABLE.withDescription(
                        "Service " + port + " has internalTrafficPolicy: Local, and the node"
                                + " of this process is not known; set remora.node"));
                return;
            }
            List<EquivalentAddressGroup> addresses = new ArrayList<>();
            for (EndpointState endpoint : balancer.candidates().eligible()) {
                addresses.add(new EquivalentAddressGroup(endpoint.address()));
            }
            ResolutionResult.Builder result = ResolutionResult.newBuilder()
                    .setAddressesOrError(StatusOr.fromValue(addresses))
                    .setAttributes(Attributes.newBuilder()
                            .set(ResolvedService.KEY, resolved)
                            .build());
            if (givesServiceConfig) {
                result.setServiceConfig(args.getServiceConfigParser().parseServiceConfig(POLICY));
            }
            failure = null;
            tell(result.build());
        }
    }
}
