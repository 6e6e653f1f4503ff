package io.remora.kubernetes;

import io.remora.discovery.ServiceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * What holds in {@link WatchScope#ON_DEMAND}. Each setting is called {@code remora.kubernetes.} and the name given below.
 *
 * @param warm Services to watch from the start and for ever (setting {@code warm})
 * @param idle after which a Service to which nobody connects, and to which no connection is open, is not watched any more
 *     (setting {@code on-demand-idle}); one with {@code sessionAffinity} is kept for its timeout if that is longer. At most
 *     a quarter is added
 * @param unknownAddressTtl how long an address that belongs to no Service is remembered as such (setting
 *     {@code unknown-address-ttl}); a Service that gets the address meanwhile is balanced that much later
 */
public record OnDemandConfig(List<ServiceId> warm, Duration idle, Duration unknownAddressTtl) {

    /** The least time for either. */
    public static final Duration SHORTEST = Duration.ofSeconds(1);

    /** The longest time for either. */
    public static final Duration LONGEST = Duration.ofDays(1);

    /** Nothing is warm; 10 minutes without use, 30 seconds for an unknown address. */
    public static final OnDemandConfig DEFAULT =
            new OnDemandConfig(List.of(), Duration.ofMinutes(10), Duration.ofSeconds(30));

    /**
     * @throws IllegalArgumentException listing everything that is wrong
     */
    public OnDemandConfig {
        warm = List.copyOf(warm);
        List<String> problems = new ArrayList<>();
        for (ServiceId service : warm) {
            if (!KubernetesConfig.isDnsLabel(service.namespace()) || !KubernetesConfig.isDnsLabel(service.name())) {
                problems.add("remora.kubernetes.warm: '" + service
                        + "' is not NAMESPACE/NAME of a Service (lower-case letters, digits and -)");
            }
        }
        if (new HashSet<>(warm).size() != warm.size()) {
            problems.add("remora.kubernetes.warm: a Service is named twice: " + warm);
        }
        check(problems, "on-demand-idle", idle);
        check(problems, "unknown-address-ttl", unknownAddressTtl);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    private static void check(List<String> problems, String name, Duration value) {
        if (value.compareTo(SHORTEST) < 0 || value.compareTo(LONGEST) > 0) {
            problems.add("remora.kubernetes." + name + " must be from 1 s to a day: " + value);
        }
    }

    /** Returns this configuration with other Services that are watched from the start. */
    public OnDemandConfig withWarm(List<ServiceId> value) {
        return new OnDemandConfig(value, idle, unknownAddressTtl);
    }

    /** Returns this configuration with another time without use. */
    public OnDemandConfig withIdle(Duration value) {
        return new OnDemandConfig(warm, value, unknownAddressTtl);
    }

    /** Returns this configuration with another time for unknown addresses. */
    public OnDemandConfig withUnknownAddressTtl(Duration value) {
        return new OnDemandConfig(warm, idle, value);
    }
}
