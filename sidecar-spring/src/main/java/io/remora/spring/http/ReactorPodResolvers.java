package io.remora.spring.http;

import io.netty.resolver.AbstractAddressResolver;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.HttpResources;

/**
 * Resolves one Service's name to one pod, and any other name, as a redirect may bring, as before. Equal to another one of
 * the same pod: what it resolves to is part of the key of Reactor Netty's pools.
 */
final class ReactorPodResolvers extends AddressResolverGroup<InetSocketAddress> {

    private final ReactorPodClient.Mapping mapping;
    private final AddressResolverGroup<?> others;

    /** @param others null for Reactor Netty's own, which waits for no answer in an event loop as the JDK's would */
    ReactorPodResolvers(ReactorPodClient.Mapping mapping, @Nullable AddressResolverGroup<?> others) {
        this.mapping = mapping;
        this.others = others == null ? HttpResources.get().getOrCreateDefaultResolver() : others;
    }

    /** Keeps nothing for the executor, as the group's own method does, for it lives no longer than a request. */
    @Override
    public AddressResolver<InetSocketAddress> getResolver(EventExecutor executor) {
        return newResolver(executor);
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new PodResolver(executor);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ReactorPodResolvers that && mapping.equals(that.mapping) && others.equals(that.others);
    }

    @Override
    public int hashCode() {
        return Objects.hash(mapping, others);
    }

    private final class PodResolver extends AbstractAddressResolver<InetSocketAddress> {

        private final EventExecutor loop;

        PodResolver(EventExecutor loop) {
            super(loop, InetSocketAddress.class);
            this.loop = loop;
        }

        @Override
        protected boolean doIsResolved(InetSocketAddress address) {
            return !address.isUnresolved();
        }

        @Override
        protected void doResolve(InetSocketAddress address, Promise<InetSocketAddress> promise) {
            if (address.equals(mapping.service())) {
                promise.setSuccess(mapping.pod());
            } else {
                others.getResolver(loop).resolve(address).addListener((Future<SocketAddress> found) -> {
                    if (found.isSuccess()) {
                        promise.setSuccess((InetSocketAddress) found.getNow());
                    } else {
                        promise.setFailure(found.cause());
                    }
                });
            }
        }

        @Override
        protected void doResolveAll(InetSocketAddress address, Promise<List<InetSocketAddress>> promise) {
            if (address.equals(mapping.service())) {
                promise.setSuccess(List.of(mapping.pod()));
            } else {
                resolveAll(others.getResolver(loop), address, promise);
            }
        }

        private static <A extends SocketAddress> void resolveAll(
                AddressResolver<A> resolver, InetSocketAddress address, Promise<List<InetSocketAddress>> promise) {
            resolver.resolveAll(address).addListener((Future<List<A>> found) -> {
                if (found.isSuccess()) {
                    promise.setSuccess(found.getNow().stream()
                            .map(InetSocketAddress.class::cast)
                            .toList());
                } else {
                    promise.setFailure(found.cause());
                }
            });
        }
    }
}
