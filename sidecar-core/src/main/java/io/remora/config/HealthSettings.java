package io.remora.config;

import io.remora.outlier.BreakerConfig;
import io.remora.outlier.HealthConfig;
import io.remora.outlier.OutlierConfig;
import io.remora.outlier.OutlierConfig.Comeback;
import io.remora.outlier.OutlierConfig.EjectionTime;
import io.remora.outlier.OutlierConfig.FailurePercentage;
import io.remora.outlier.OutlierConfig.SuccessRate;
import io.remora.outlier.ProbeConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The part of the table of {@link Settings} that makes a {@link HealthConfig}. */
final class HealthSettings {

    private static final List<Setting<?>> ALL = new ArrayList<>();

    private static final Duration MILLISECOND = Duration.ofMillis(1);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final int MANY = 1_000_000;
    private static final OutlierConfig OUTLIERS = OutlierConfig.DEFAULT;
    private static final BreakerConfig BREAKERS = HealthConfig.DEFAULT.breaker();
    private static final ProbeConfig PROBES = HealthConfig.DEFAULT.probe();

    static final Setting<Boolean> OUTLIER = add(new Setting<>(
            "outlier",
            ValueTypes.ON_OFF,
            OUTLIERS.enabled(),
            "Whether endpoints that fail are ejected: not chosen for a while"));

    static final Setting<Integer> CONSECUTIVE_FAILURES = add(new Setting<>(
            "outlier.consecutive-failures",
            ValueTypes.integer("number", 0, MANY),
            OUTLIERS.consecutiveFailures(),
            "So many failures in a row eject an endpoint; 0 turns this rule off. A refused connection weighs more than "
                    + "other failures"));

    static final Setting<Duration> INTERVAL = add(new Setting<>(
            "outlier.interval",
            ValueTypes.duration(MILLISECOND, HOUR),
            OUTLIERS.interval(),
            "Time over which success rate and failure percentage are counted"));

    static final Setting<Duration> BASE_EJECTION_TIME = add(new Setting<>(
            "outlier.base-ejection-time",
            ValueTypes.duration(MILLISECOND, DAY),
            OUTLIERS.ejectionTime().base(),
            "How long an endpoint is ejected the first time; the n-th time in a row n times as long"));

    static final Setting<Duration> MAX_EJECTION_TIME = add(new Setting<>(
            "outlier.max-ejection-time",
            ValueTypes.duration(MILLISECOND, DAY),
            OUTLIERS.ejectionTime().max(),
            "The longest that it becomes"));

    static final Setting<Duration> EJECTION_JITTER = add(new Setting<>(
            "outlier.ejection-jitter",
            ValueTypes.duration(Duration.ZERO, HOUR),
            OUTLIERS.ejectionTime().jitter(),
            "A random part of this is added, so that endpoints do not come back together"));

    static final Setting<Integer> MAX_EJECTION_PERCENT = add(
            new Setting<>(
                    "outlier.max-ejection-percent",
                    ValueTypes.percent(0, 100),
                    OUTLIERS.maxEjectionPercent(),
                    "The part of a Service's endpoints that may be ejected at a time; one always may, where there are two or more"));

    static final Setting<Integer> PANIC_PERCENT = add(new Setting<>(
            "outlier.panic-percent",
            ValueTypes.percent(0, 100),
            OUTLIERS.panicPercent(),
            "With a smaller part of a Service's endpoints usable, all of them are used as if none were ejected; 0 turns that "
                    + "off"));

    static final Setting<Integer> SUCCESS_RATE_HOSTS = add(new Setting<>(
            "outlier.success-rate-minimum-hosts",
            ValueTypes.integer("number", 0, MANY),
            OUTLIERS.successRate().minimumHosts(),
            "Endpoints with enough picks in the interval that are needed to compare their success rates; 0 turns this rule "
                    + "off"));

    static final Setting<Integer> SUCCESS_RATE_VOLUME = add(new Setting<>(
            "outlier.success-rate-request-volume",
            ValueTypes.integer("number", 1, MANY),
            OUTLIERS.successRate().requestVolume(),
            "Picks of an endpoint in the interval that are enough for that"));

    static final Setting<Integer> SUCCESS_RATE_STDEV = add(
            new Setting<>(
                    "outlier.success-rate-stdev-factor",
                    ValueTypes.integer("number", 0, MANY),
                    OUTLIERS.successRate().stdevFactor(),
                    "An endpoint is ejected whose success rate is below the mean by so many thousandths of the standard deviation"));

    static final Setting<Integer> FAILURE_PERCENTAGE = add(new Setting<>(
            "outlier.failure-percentage-threshold",
            ValueTypes.percent(0, 100),
            OUTLIERS.failurePercentage().threshold(),
            "An endpoint is ejected of whose picks in the interval this part failed; 0 turns this rule off"));

    static final Setting<Integer> FAILURE_PERCENTAGE_HOSTS = add(new Setting<>(
            "outlier.failure-percentage-minimum-hosts",
            ValueTypes.integer("number", 0, MANY),
            OUTLIERS.failurePercentage().minimumHosts(),
            "Endpoints with enough picks in the interval that are needed for that rule"));

    static final Setting<Integer> FAILURE_PERCENTAGE_VOLUME = add(new Setting<>(
            "outlier.failure-percentage-request-volume",
            ValueTypes.integer("number", 1, MANY),
            OUTLIERS.failurePercentage().requestVolume(),
            "Picks of an endpoint in the interval that are enough for that rule"));

    static final Setting<Comeback> COMEBACK = add(new Setting<>(
            "outlier.comeback",
            ValueTypes.choice("comeback", Comeback.values(), Comeback::text),
            OUTLIERS.comeback(),
            "What an endpoint must do after its time of ejection: serve a connection, one at a time, or answer a probe (a "
                    + "TCP connect where none is set)"));

    static final Setting<Boolean> BREAKER_ENDPOINT = add(new Setting<>(
            "breaker.endpoint",
            ValueTypes.ON_OFF,
            BREAKERS.perEndpoint(),
            "Whether each endpoint has a circuit breaker, which ejects it while it is open"));

    static final Setting<Boolean> BREAKER_DESTINATION = add(new Setting<>(
            "breaker.destination",
            ValueTypes.ON_OFF,
            BREAKERS.perDestination(),
            "Whether each Service port has a circuit breaker, which resets connections at once while it is open"));

    static final Setting<Integer> BREAKER_FAILURE_RATE = add(new Setting<>(
            "breaker.failure-rate-percent",
            ValueTypes.percent(1, 100),
            BREAKERS.failureRatePercent(),
            "The failure rate that opens a circuit breaker"));

    static final Setting<Duration> BREAKER_WINDOW = add(new Setting<>(
            "breaker.window",
            ValueTypes.duration(SECOND, HOUR),
            BREAKERS.window(),
            "Time over which the failure rate is taken"));

    static final Setting<Integer> BREAKER_MINIMUM_CALLS = add(new Setting<>(
            "breaker.minimum-calls",
            ValueTypes.integer("number", 1, MANY),
            BREAKERS.minimumCalls(),
            "With fewer calls in the window it does not open"));

    static final Setting<Duration> BREAKER_WAIT = add(new Setting<>(
            "breaker.wait-in-open",
            ValueTypes.duration(MILLISECOND, DAY),
            BREAKERS.waitInOpen(),
            "After which an open circuit breaker is half open and lets some calls through"));

    static final Setting<Integer> BREAKER_HALF_OPEN = add(new Setting<>(
            "breaker.permitted-in-half-open",
            ValueTypes.integer("number", 1, MANY),
            BREAKERS.permittedInHalfOpen(),
            "Those calls, which decide whether it closes"));

    static final Setting<ProbeConfig.Kind> PROBE = add(new Setting<>(
            "probe",
            ValueTypes.choice("probe", ProbeConfig.Kind.values(), ProbeConfig.Kind::text),
            PROBES.kind(),
            "Whether endpoints are probed besides their traffic: by a TCP connect, or by an HTTP GET that must be answered "
                    + "with 200 to 399"));

    static final Setting<String> PROBE_PATH =
            add(new Setting<>("probe.path", ValueTypes.URL_PATH, PROBES.path(), "Path of an HTTP probe"));

    static final Setting<Duration> PROBE_INTERVAL = add(new Setting<>(
            "probe.interval",
            ValueTypes.duration(MILLISECOND, HOUR),
            PROBES.interval(),
            "Time between probes of an endpoint"));

    static final Setting<Duration> PROBE_TIMEOUT = add(new Setting<>(
            "probe.timeout", ValueTypes.duration(MILLISECOND, HOUR), PROBES.timeout(), "How long a probe may take"));

    static final Setting<Integer> PROBE_UNHEALTHY = add(new Setting<>(
            "probe.unhealthy-threshold",
            ValueTypes.integer("number", 1, MANY),
            PROBES.unhealthyThreshold(),
            "Probes that must fail in a row to eject an endpoint"));

    static final Setting<Integer> PROBE_HEALTHY = add(new Setting<>(
            "probe.healthy-threshold",
            ValueTypes.integer("number", 1, MANY),
            PROBES.healthyThreshold(),
            "Probes that must succeed in a row to bring it back"));

    private HealthSettings() {}

    static List<Setting<?>> all() {
        return List.copyOf(ALL);
    }

    /**
     * Reads them.
     *
     * @param base what holds where a value is not given
     */
    static HealthConfig read(ValueReader values, HealthConfig base) {
        OutlierConfig outlier = outlier(values, base.outlier());
        BreakerConfig breaker = breaker(values, base.breaker());
        ProbeConfig probe = probe(values, base.probe());
        return new HealthConfig(outlier, breaker, probe);
    }

    private static OutlierConfig outlier(ValueReader values, OutlierConfig base) {
        boolean enabled = values.get(OUTLIER, base.enabled());
        int consecutiveFailures = values.get(CONSECUTIVE_FAILURES, base.consecutiveFailures());
        Duration interval = values.get(INTERVAL, base.interval());
        EjectionTime ejectionTime = ejectionTime(values, base.ejectionTime());
        int maxEjectionPercent = values.get(MAX_EJECTION_PERCENT, base.maxEjectionPercent());
        int panicPercent = values.get(PANIC_PERCENT, base.panicPercent());
        SuccessRate successRate = successRate(values, base.successRate());
        FailurePercentage failurePercentage = failurePercentage(values, base.failurePercentage());
        Comeback comeback = values.get(COMEBACK, base.comeback());
        return values.build(
                () -> new OutlierConfig(
                        enabled,
                        consecutiveFailures,
                        interval,
                        ejectionTime,
                        maxEjectionPercent,
                        panicPercent,
                        successRate,
                        failurePercentage,
                        comeback),
                base,
                OUTLIER,
                CONSECUTIVE_FAILURES,
                INTERVAL,
                MAX_EJECTION_PERCENT,
                PANIC_PERCENT);
    }

    private static EjectionTime ejectionTime(ValueReader values, EjectionTime fallback) {
        Duration base = values.get(BASE_EJECTION_TIME, fallback.base());
        Duration max = values.get(MAX_EJECTION_TIME, fallback.max());
        Duration jitter = values.get(EJECTION_JITTER, fallback.jitter());
        return values.build(
                () -> {
                    if (max.compareTo(base) < 0) {
                        throw new IllegalArgumentException(MAX_EJECTION_TIME.property() + " is "
                                + Durations.format(max) + ", below " + BASE_EJECTION_TIME.property() + ", which is "
                                + Durations.format(base) + "; make it as long at least");
                    }
                    return new EjectionTime(base, max, jitter);
                },
                new EjectionTime(fallback.base(), fallback.max(), jitter),
                BASE_EJECTION_TIME,
                MAX_EJECTION_TIME);
    }

    private static SuccessRate successRate(ValueReader values, SuccessRate base) {
        int minimumHosts = values.get(SUCCESS_RATE_HOSTS, base.minimumHosts());
        int requestVolume = values.get(SUCCESS_RATE_VOLUME, base.requestVolume());
        int stdevFactor = values.get(SUCCESS_RATE_STDEV, base.stdevFactor());
        return values.build(
                () -> new SuccessRate(minimumHosts, requestVolume, stdevFactor),
                base,
                SUCCESS_RATE_HOSTS,
                SUCCESS_RATE_VOLUME,
                SUCCESS_RATE_STDEV);
    }

    private static FailurePercentage failurePercentage(ValueReader values, FailurePercentage base) {
        int threshold = values.get(FAILURE_PERCENTAGE, base.threshold());
        int minimumHosts = values.get(FAILURE_PERCENTAGE_HOSTS, base.minimumHosts());
        int requestVolume = values.get(FAILURE_PERCENTAGE_VOLUME, base.requestVolume());
        return values.build(
                () -> new FailurePercentage(threshold, minimumHosts, requestVolume),
                base,
                FAILURE_PERCENTAGE,
                FAILURE_PERCENTAGE_HOSTS,
                FAILURE_PERCENTAGE_VOLUME);
    }

    private static BreakerConfig breaker(ValueReader values, BreakerConfig base) {
        boolean perEndpoint = values.get(BREAKER_ENDPOINT, base.perEndpoint());
        boolean perDestination = values.get(BREAKER_DESTINATION, base.perDestination());
        int failureRate = values.get(BREAKER_FAILURE_RATE, base.failureRatePercent());
        Duration window = values.get(BREAKER_WINDOW, base.window());
        int minimumCalls = values.get(BREAKER_MINIMUM_CALLS, base.minimumCalls());
        Duration wait = values.get(BREAKER_WAIT, base.waitInOpen());
        int halfOpen = values.get(BREAKER_HALF_OPEN, base.permittedInHalfOpen());
        return values.build(
                () -> new BreakerConfig(perEndpoint, perDestination, failureRate, window, minimumCalls, wait, halfOpen),
                base,
                BREAKER_FAILURE_RATE,
                BREAKER_WINDOW,
                BREAKER_MINIMUM_CALLS,
                BREAKER_WAIT,
                BREAKER_HALF_OPEN);
    }

    private static ProbeConfig probe(ValueReader values, ProbeConfig base) {
        ProbeConfig.Kind kind = values.get(PROBE, base.kind());
        String path = values.get(PROBE_PATH, base.path());
        Duration interval = values.get(PROBE_INTERVAL, base.interval());
        Duration timeout = values.get(PROBE_TIMEOUT, base.timeout());
        int unhealthy = values.get(PROBE_UNHEALTHY, base.unhealthyThreshold());
        int healthy = values.get(PROBE_HEALTHY, base.healthyThreshold());
        return values.build(
                () -> new ProbeConfig(kind, path, interval, timeout, unhealthy, healthy),
                base,
                PROBE_PATH,
                PROBE_INTERVAL,
                PROBE_TIMEOUT,
                PROBE_UNHEALTHY,
                PROBE_HEALTHY);
    }

    private static <T> Setting<T> add(Setting<T> setting) {
        Setting<T> ofServices = setting.withScope(Setting.Scope.AGENT_AND_SERVICE);
        ALL.add(ofServices);
        return ofServices;
    }
}
