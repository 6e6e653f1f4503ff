package io.remora.kubernetes;

import io.remora.discovery.DiscoveryEvent;
import io.remora.discovery.DiscoverySink;
import io.remora.discovery.Interest;
import io.remora.discovery.IpAddress;
import io.remora.discovery.ServiceId;
import io.remora.discovery.Settlement;
import io.remora.discovery.SourceStatus;
import io.remora.discovery.TransportAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scope {@code on-demand}: a Service is watched from when it is asked for until it is gone, or nobody has used it for the
 * idle time. Nothing else is listed, so that memory, traffic and watches follow what is used.
 *
 * <p>Only ClusterIPs can be looked up; an external address or a node port leads to its Service while that is watched.
 * Owned by the loop's thread; interests and status may be asked for by any.
 */
final class OnDemandServices implements WatchPlan, ServiceWatch.Owner, AddressLookUp.Owner {

    private static final Logger LOGGER = LoggerFactory.getLogger(OnDemandServices.class);

    /** Asked for at the start, until there is an answer. */
    static final IpAddress NO_SERVICE = IpAddress.ofIpv4(0);

    private final OnDemandConfig config;
    private final ResourceWatch.Shared shared;
    private final DiscoverySink sink;
    private final WatchFactory factory;
    private final ClusterIpResolver resolver;
    private final boolean named;
    private final UnknownAddresses unknown;
    private final Map<ServiceId, ServiceWatch> services = new ConcurrentHashMap<>(); // written by the loop's thread
    private final Map<IpAddress, AddressLookUp> lookUps = new HashMap<>();
    // Addresses that were found out, until what their Service is was told.
    private final Map<IpAddress, ServiceWatch> arriving = new HashMap<>();
    private final Settlement atOnce = new Settlement();
    private volatile boolean synced; // written by the loop's thread
    private volatile @Nullable String problem; // written by the loop's thread
    private boolean reached; // the API server has answered a look-up
    private boolean stopped;

    /** @param named whether Services are asked for by name, the headless ones too, and no address is looked up */
    OnDemandServices(OnDemandConfig config, boolean named, ResourceWatch.Shared shared, DiscoverySink sink) {
        this.config = config;
        this.shared = shared;
        this.sink = sink;
        this.factory = new WatchFactory(shared, named);
        this.named = named;
        this.resolver = new ClusterIpResolver(shared);
        this.unknown = new UnknownAddresses(config.unknownAddressTtl());
        atOnce.settle();
    }

    @Override
    public void start() {
        config.warm().forEach(id -> watch(id, true));
        dropIdleLater();
        // So that no connection of the app need wait for the one to the API server and for classes to be loaded, and
        // what is
        // wrong is told before there is one.
        ask(NO_SERVICE, new OnDemandInterest(shared.loop()));
        factory.load();
    }

    private ServiceWatch watch(ServiceId id, boolean warm) {
        ServiceWatch known = services.get(id);
        if (known != null) {
            return known;
        }
        ServiceWatch made = new ServiceWatch(id, warm, shared.loop().now(), factory, sink, this);
        services.put(id, made);
        made.start();
        return made;
    }

    private void syncIfTold() {
        if (!synced && reached && services.values().stream().allMatch(each -> !each.isWarm() || each.isSettled())) {
            sink.accept(List.of(new DiscoveryEvent.Synced(false)));
            synced = true;
            LOGGER.atInfo()
                    .addKeyValue("warm", config.warm().size())
                    .log("Services are watched from their first connection on");
        }
    }

    @Override
    public Interest interest(TransportAddress address) {
        IpAddress ip = address.ip();
        if (unknown.contains(ip, shared.loop().now())) {
            return atOnce.interest();
        }
        OnDemandInterest interest = new OnDemandInterest(shared.loop());
        shared.loop().execute(() -> ask(ip, interest));
        return interest;
    }

    @Override
    public Interest interest(ServiceId service) {
        OnDemandInterest interest = new OnDemandInterest(shared.loop());
        shared.loop().execute(() -> {
            if (!stopped) {
                watch(service, false).add(interest, shared.loop().now());
            }
        });
        return interest;
    }

    private void ask(IpAddress ip, OnDemandInterest interest) {
        if (stopped) {
            return;
        }
        if (unknown.contains(ip, shared.loop().now())) {
            interest.settle();
            return;
        }
        ServiceWatch watched = watchOf(ip);
        if (watched != null) {
            watched.add(interest, shared.loop().now());
            return;
        }
        AddressLookUp lookUp = lookUps.get(ip);
        if (lookUp != null) {
            lookUp.add(interest);
            return;
        }
        // Who names Services need not have the right to look addresses up.
        AddressLookUp.Question question =
                named && ip.equals(NO_SERVICE) ? (any, answer) -> resolver.reach(answer) : resolver::resolve;
        AddressLookUp made = new AddressLookUp(ip, question, shared, this);
        lookUps.put(ip, made);
        made.add(interest);
        made.ask();
    }

    private @Nullable ServiceWatch watchOf(IpAddress ip) {
        ServiceWatch coming = arriving.get(ip);
        return coming != null
                ? coming
                : services.values().stream()
                        .filter(each -> each.has(ip))
                        .findFirst()
                        .orElse(null);
    }

    @Override
    public void found(AddressLookUp lookUp, ServiceId service) {
        if (stopped) {
            return;
        }
        answered(lookUp);
        ServiceWatch watched = watch(service, false);
        if (watched.isSettled()) {
            settleAddress(lookUp.ip(), watched);
        } else {
            arriving.put(lookUp.ip(), watched);
        }
        lookUp.waiting().forEach(interest -> watched.add(interest, shared.loop().now()));
    }

    @Override
    public void nobody(AddressLookUp lookUp) {
        answered(lookUp);
        remember(lookUp);
    }

    @Override
    public void forbidden(AddressLookUp lookUp, String cause) {
        problem(cause);
        lookUps.remove(lookUp.ip());
        remember(lookUp);
        reached();
    }

    private void remember(AddressLookUp lookUp) {
        unknown.add(lookUp.ip(), shared.loop().now());
        lookUp.waiting().forEach(OnDemandInterest::settle);
    }

    @Override
    public void abandoned(AddressLookUp lookUp) {
        lookUps.remove(lookUp.ip());
        if (lookUps.isEmpty()) {
            problem = null; // nobody asks, so nothing is known to be wrong
        }
    }

    private void answered(AddressLookUp lookUp) {
        lookUps.remove(lookUp.ip());
        if (problem != null) {
            problem = null;
            LOGGER.atInfo().log(named ? "the API server answers again" : "ClusterIPs are looked up again");
        }
        reached();
    }

    private void reached() {
        reached = true;
        syncIfTold();
    }

    @Override
    public void problem(String cause) {
        String text = named ? cause : "cannot look up a ClusterIP: " + cause;
        if (!text.equals(problem)) {
            problem = text;
            LOGGER.atWarn()
                    .addKeyValue("reason", cause)
                    .log(named ? "the API server cannot be asked" : "cannot look up ClusterIPs");
        }
    }

    @Override
    public void settled(ServiceWatch watch) {
        for (IpAddress ip : List.copyOf(arriving.keySet())) {
            if (watch.equals(arriving.get(ip))) {
                arriving.remove(ip);
                settleAddress(ip, watch);
            }
        }
        syncIfTold();
    }

    /** An address may lead to a Service that does not have it any more, is gone, or may not be read. */
    private void settleAddress(IpAddress ip, ServiceWatch watch) {
        if (!watch.has(ip)) {
            unknown.add(ip, shared.loop().now());
        }
    }

    @Override
    public void changed(ServiceWatch watch) {
        if (watch.isPointless()) {
            drop(watch, watch.isForbidden() ? "it may not be read" : "there is no such Service");
        }
    }

    private void dropIdleLater() {
        Duration quarter = config.idle().dividedBy(4);
        shared.loop().after(quarter, this::dropIdle);
    }

    private void dropIdle() {
        if (stopped) {
            return;
        }
        dropIdleLater();
        long now = shared.loop().now();
        for (ServiceWatch watch : services.values()) {
            if (watch.isIdle(config.idle(), now)) {
                drop(watch, "nobody uses it");
            }
        }
    }

    private void drop(ServiceWatch watch, String reason) {
        if (services.remove(watch.id(), watch)) {
            arriving.values().removeIf(watch::equals);
            LOGGER.atInfo()
                    .addKeyValue("service", watch.id())
                    .addKeyValue("reason", reason)
                    .log("service is not watched any more");
            watch.drop();
        }
    }

    @Override
    public SourceStatus status() {
        StatusSum sum = new StatusSum(shared.loop().now());
        services.values().forEach(each -> each.forEachStatus(sum::addLenient));
        String current = problem;
        if (current != null) {
            sum.addProblem(current);
        }
        return sum.status(synced, shared.transport(), shared.malformed());
    }

    @Override
    public void stop() {
        stopped = true;
        services.values().forEach(ServiceWatch::stop);
    }
}
