package io.remora.netfilter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads flags and {@code REMORA_*} variables; a flag wins. One use, one thread. */
public final class Settings {

    private static final String API_SERVER = "KUBERNETES_SERVICE_HOST";

    /** The agent's settings, which decide whether it knows every Service. */
    private static final String NAMESPACES = "REMORA_KUBERNETES_NAMESPACES";

    private static final String SCOPE = "REMORA_KUBERNETES_SCOPE";

    /** Natural guesses for the variable of --service-cidr that Kubernetes' own variables rule out. */
    private static final List<String> MISTAKEN = List.of("REMORA_SERVICE_CIDR", "REMORA_SERVICE_CIDRS");

    private final Map<Setting, List<String>> values = new EnumMap<>(Setting.class);
    private final Map<Setting, String> origins = new EnumMap<>(Setting.class);
    private final List<String> problems = new ArrayList<>();

    private Settings() {}

    /**
     * Reads the command.
     *
     * @param args the program's arguments
     * @param environment its variables
     * @throws InvalidSettingsException listing every problem
     */
    public static Command parse(List<String> args, Map<String, String> environment) {
        if (args.contains("--help") || args.contains("-h")) {
            return new Command.Help();
        }
        if (args.contains("--version")) {
            return new Command.Version();
        }
        Settings settings = new Settings();
        settings.readFlags(args);
        settings.readVariables(environment);
        return settings.command(environment);
    }

    private void readFlags(List<String> args) {
        int at = 0;
        while (at < args.size()) {
            String arg = args.get(at++);
            int equals = arg.indexOf('=');
            String flag = equals < 0 ? arg : arg.substring(0, equals);
            Setting setting = byFlag(flag);
            if (setting == null) {
                problems.add("unknown argument '" + arg + "'; --help lists all");
            } else if (equals >= 0) {
                put(setting, flag, arg.substring(equals + 1));
            } else if (setting.isSwitch()) {
                put(setting, flag, "true");
            } else if (at < args.size() && !args.get(at).startsWith("--")) {
                put(setting, flag, args.get(at++));
            } else {
                problems.add(flag + " needs a value");
            }
        }
    }

    private void readVariables(Map<String, String> environment) {
        for (Setting setting : Setting.values()) {
            String value = environment.get(setting.variable());
            if (value == null || value.isBlank() || values.containsKey(setting)) {
                continue;
            }
            // A Service named remora-capture makes Kubernetes set REMORA_CAPTURE_PORT=tcp://10.96.1.2:80.
            if (!value.contains("://")) {
                put(setting, setting.variable(), value.trim());
            }
        }
    }

    private void put(Setting setting, String origin, String value) {
        List<String> all = values.get(setting);
        if (all == null) {
            all = new ArrayList<>();
            values.put(setting, all);
        } else if (!setting.isList()) {
            problems.add(setting.flag() + " is given twice");
        }
        origins.put(setting, origin);
        if (setting.isList()) {
            all.addAll(Text.words(value));
        } else {
            all.add(value);
        }
    }

    private Command command(Map<String, String> environment) {
        boolean cleanup = flag(Setting.CLEANUP);
        boolean check = flag(Setting.CHECK);
        if (cleanup && check) {
            problems.add(name(Setting.CLEANUP) + " and " + name(Setting.CHECK) + " exclude each other");
        }
        RunConfig run = new RunConfig(
                choice(Setting.BACKEND, BackendChoice.values(), BackendChoice.AUTO),
                choice(Setting.IPV6, Ipv6Mode.values(), Ipv6Mode.AUTO),
                !flag(Setting.SKIP_PROBE),
                duration(Setting.PROBE_TIMEOUT, RunConfig.DEFAULT_PROBE_TIMEOUT, Duration.ofMillis(1)),
                duration(Setting.LOCK_WAIT, RunConfig.DEFAULT_LOCK_WAIT, Duration.ofSeconds(1)),
                flag(Setting.DRY_RUN));
        Command command = cleanup ? new Command.Cleanup(run) : apply(run, environment);
        if (command == null || !problems.isEmpty()) {
            throw new InvalidSettingsException(problems);
        }
        return check && command instanceof Command.Apply apply
                ? new Command.Check(apply.capture(), apply.run())
                : command;
    }

    /** Null when there are problems. */
    private @Nullable Command apply(RunConfig run, Map<String, String> environment) {
        int port = (int) number(Setting.CAPTURE_PORT, 99_999_999);
        Proxy proxy = proxy();
        List<Cidr> serviceCidrs = cidrs(Setting.SERVICE_CIDR);
        Exclusions exclude =
                new Exclusions(cidrs(Setting.EXCLUDE_CIDR), ports(Setting.EXCLUDE_PORT), apiServer(environment));
        Ports include = ports(Setting.INCLUDE_PORT);
        Refusal refusal = new Refusal(
                choice(Setting.REFUSAL, RefusalMode.values(), RefusalMode.AUTO),
                hashedPorts(),
                environment.getOrDefault(NAMESPACES, "").isBlank()
                        && !environment.getOrDefault(SCOPE, "").strip().equalsIgnoreCase("on-demand"));
        // A value that could not be read was reported as such and is not missing.
        boolean unreadable = serviceCidrs.isEmpty()
                && !values.getOrDefault(Setting.SERVICE_CIDR, List.of()).isEmpty();
        for (String problem : CaptureConfig.problems(port, proxy, serviceCidrs, include, exclude, refusal)) {
            if (!(unreadable && problem.startsWith("--service-cidr is required"))) {
                problems.add(problem);
            }
        }
        checkIpv6(run, serviceCidrs);
        addMistaken(environment);
        return problems.isEmpty()
                ? new Command.Apply(new CaptureConfig(port, proxy, serviceCidrs, include, exclude, refusal), run)
                : null;
    }

    private Proxy proxy() {
        long uid = number(Setting.PROXY_UID, Long.MAX_VALUE);
        long gid = number(Setting.PROXY_GID, Long.MAX_VALUE);
        if (!values.containsKey(Setting.PROXY_DSCP)) {
            return new ProxyOwner(uid, gid);
        }
        for (Setting owner : List.of(Setting.PROXY_UID, Setting.PROXY_GID)) {
            if (values.containsKey(owner)) {
                problems.add(name(owner) + " and " + name(Setting.PROXY_DSCP)
                        + " exclude each other: the agent is known " + "by its user and group, or by its DSCP");
            }
        }
        long dscp = Numbers.parseLong(value(Setting.PROXY_DSCP));
        if (dscp < 0 || dscp > Integer.MAX_VALUE) {
            problems.add(name(Setting.PROXY_DSCP) + " must be a number: " + value(Setting.PROXY_DSCP));
            return ProxyOwner.DEFAULT;
        }
        return new ProxyDscp((int) dscp);
    }

    private void checkIpv6(RunConfig run, List<Cidr> serviceCidrs) {
        boolean ipv4 = false;
        boolean ipv6 = false;
        for (Cidr cidr : serviceCidrs) {
            ipv4 |= cidr.family() == Family.IPV4;
            ipv6 |= cidr.family() == Family.IPV6;
        }
        if (run.ipv6() == Ipv6Mode.ON && ipv4 && !ipv6) {
            problems.add("--ipv6 is on, but no IPv6 --service-cidr is given");
        }
        if (run.ipv6() == Ipv6Mode.OFF && ipv6 && !ipv4) {
            problems.add("--ipv6 is off, but every --service-cidr is IPv6: nothing would be captured");
        }
    }

    private void addMistaken(Map<String, String> environment) {
        for (String name : MISTAKEN) {
            if (!values.containsKey(Setting.SERVICE_CIDR) && environment.containsKey(name)) {
                problems.add(name + " is not read (Kubernetes sets REMORA_SERVICE_* itself for a Service named "
                        + "remora); use " + Setting.SERVICE_CIDR.variable());
            }
        }
    }

    /** Kubernetes tells every pod the API server's ClusterIP; a name there is none. */
    private static List<Address> apiServer(Map<String, String> environment) {
        String host = environment.get(API_SERVER);
        Address address = host == null ? null : Address.parse(host.trim());
        return address == null ? List.of() : List.of(address);
    }

    private static @Nullable Setting byFlag(String flag) {
        for (Setting setting : Setting.values()) {
            if (setting.flag().equals(flag)) {
                return setting;
            }
        }
        return null;
    }

    private String value(Setting setting) {
        List<String> all = values.get(setting);
        return all == null || all.isEmpty() ? setting.initial() : all.get(0);
    }

    private String name(Setting setting) {
        return origins.getOrDefault(setting, setting.flag());
    }

    private boolean flag(Setting setting) {
        String value = value(setting);
        if (!value.equals("true") && !value.equals("false")) {
            problems.add(name(setting) + " must be true or false: " + value);
        }
        return value.equals("true");
    }

    private <E extends Enum<E>> E choice(Setting setting, E[] choices, E initial) {
        String value = value(setting);
        StringBuilder names = new StringBuilder();
        for (E choice : choices) {
            if (choice.name().equalsIgnoreCase(value)) {
                return choice;
            }
            names.append(names.length() == 0 ? "" : ", ").append(choice.name().toLowerCase(java.util.Locale.ROOT));
        }
        problems.add(name(setting) + " must be one of " + names + ": " + value);
        return initial;
    }

    /** Values that are no number are reported and read as the initial one. */
    private long number(Setting setting, long most) {
        long number = Numbers.parseLong(value(setting));
        if (number < 0 || number > most) {
            problems.add(name(setting) + " must be a number: " + value(setting));
            return Numbers.parseLong(setting.initial());
        }
        return number;
    }

    private Duration duration(Setting setting, Duration initial, Duration least) {
        String value = value(setting);
        long unit = 1000;
        int end = value.length();
        if (value.endsWith("ms")) {
            unit = 1;
            end -= 2;
        } else if (value.endsWith("s")) {
            end -= 1;
        }
        long number = Numbers.parseInt(value.substring(0, end));
        Duration duration = Duration.ofMillis(number * unit);
        if (number < 0 || duration.compareTo(least) < 0 || duration.compareTo(Duration.ofHours(1)) > 0) {
            problems.add(name(setting) + " must be a time from " + least.toMillis() + "ms to 3600s, like 500ms or 5s: "
                    + value);
            return initial;
        }
        return duration;
    }

    private List<Cidr> cidrs(Setting setting) {
        List<Cidr> cidrs = new ArrayList<>();
        for (String text : values.getOrDefault(setting, List.of())) {
            try {
                Cidr cidr = Cidr.parse(text);
                if (!cidrs.contains(cidr)) {
                    cidrs.add(cidr);
                }
            } catch (IllegalArgumentException invalid) {
                problems.add(name(setting) + ": " + invalid.getMessage());
            }
        }
        return cidrs;
    }

    private HashedPorts hashedPorts() {
        try {
            return new HashedPorts(PortRange.parse(value(Setting.REFUSAL_PORTS)));
        } catch (IllegalArgumentException invalid) {
            problems.add(name(Setting.REFUSAL_PORTS) + ": " + invalid.getMessage());
            return HashedPorts.DEFAULT;
        }
    }

    private Ports ports(Setting setting) {
        List<PortRange> ranges = new ArrayList<>();
        for (String text : values.getOrDefault(setting, List.of())) {
            try {
                ranges.add(PortRange.parse(text));
            } catch (IllegalArgumentException invalid) {
                problems.add(name(setting) + ": " + invalid.getMessage());
            }
        }
        return new Ports(ranges);
    }
}
