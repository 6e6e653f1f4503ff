package io.remora.netfilter;

/** Every setting: its flag, its variable, what it takes and what it means. */
enum Setting {
    SERVICE_CIDR(
            "--service-cidr",
            "REMORA_CAPTURE_CIDRS",
            "CIDR,...",
            "",
            "Service CIDRs or single ClusterIPs to capture; required. 'kubectl get servicecidrs' prints them"),
    EXCLUDE_CIDR("--exclude-cidr", "REMORA_EXCLUDE_CIDRS", "CIDR,...", "", "addresses of them to leave alone"),
    INCLUDE_PORT(
            "--include-port",
            "REMORA_INCLUDE_PORTS",
            "PORT,...",
            "",
            "capture these destination ports only (80,8000-8099)"),
    EXCLUDE_PORT("--exclude-port", "REMORA_EXCLUDE_PORTS", "PORT,...", "", "destination ports to leave alone"),
    CAPTURE_PORT("--capture-port", "REMORA_CAPTURE_PORT", "PORT", "15001", "where the agent listens"),
    PROXY_UID("--proxy-uid", "REMORA_PROXY_UID", "UID", "1337", "user of the agent, whose connections are left alone"),
    PROXY_GID("--proxy-gid", "REMORA_PROXY_GID", "GID", "1337", "group of the agent, likewise"),
    PROXY_DSCP(
            "--proxy-dscp",
            "REMORA_PROXY_DSCP",
            "1-63",
            "",
            "type of service (DSCP) of the agent's connections, instead of user and group where it shares those with "
                    + "the app; the agent must have the same"),
    IPV6("--ipv6", "REMORA_IPV6", "auto|on|off", "auto", "capture IPv6 service CIDRs: if possible, certainly, never"),
    BACKEND(
            "--backend",
            "REMORA_IPTABLES_BACKEND",
            "auto|nft|legacy",
            "auto",
            "whose rules: auto is legacy where it has rules already, else nft"),
    REFUSAL(
            "--refusal",
            "REMORA_REFUSAL",
            "auto|on|off",
            "auto",
            "spread the addresses over many ports, so that Services without endpoints are refused: if possible, "
                    + "certainly, never; the agent must have the same"),
    REFUSAL_PORTS(
            "--refusal-ports",
            "REMORA_REFUSAL_PORTS",
            "FIRST-LAST",
            "61000-62023",
            "over which ports; the agent must have the same"),
    LOCK_WAIT("--lock-wait", "REMORA_LOCK_WAIT", "TIME", "30s", "how long to wait for the xtables lock"),
    PROBE_TIMEOUT("--probe-timeout", "REMORA_PROBE_TIMEOUT", "TIME", "5s", "how long the proof connection may take"),
    SKIP_PROBE("--skip-probe", "REMORA_SKIP_PROBE", "", "false", "do not prove the rules with a connection"),
    DRY_RUN("--dry-run", "REMORA_DRY_RUN", "", "false", "print the plan, change nothing"),
    CHECK(
            "--check",
            "REMORA_CHECK",
            "",
            "false",
            "look only: tell what of this pod's rights, programs, kernel and rules would keep Remora from working"),
    CLEANUP("--cleanup", "REMORA_CLEANUP", "", "false", "remove all rules of Remora, of both families and backends");

    private final String flag;
    private final String variable;
    private final String operand;
    private final String initial;
    private final String help;

    Setting(String flag, String variable, String operand, String initial, String help) {
        this.flag = flag;
        this.variable = variable;
        this.operand = operand;
        this.initial = initial;
        this.help = help;
    }

    String flag() {
        return flag;
    }

    String variable() {
        return variable;
    }

    /** The value when neither flag nor variable is given; empty for none. */
    String initial() {
        return initial;
    }

    boolean isSwitch() {
        return operand.isEmpty();
    }

    /** Whether the flag may be given several times, and a value may hold several, separated by commas. */
    boolean isList() {
        return operand.endsWith(",...");
    }

    static String helpText() {
        StringBuilder text = new StringBuilder(2048)
                .append("Usage: remora-iptables-init --service-cidr CIDR [options]\n\n")
                .append(
                        "Hands the TCP connections that this pod makes to Services to the Remora agent, with iptables\n")
                .append("rules in this network namespace. A flag wins over its variable.\n\n");
        for (Setting setting : values()) {
            text.append("  ").append(setting.flag);
            text.append(setting.isSwitch() ? "" : " " + setting.operand)
                    .append("  [")
                    .append(setting.variable);
            text.append(setting.isSwitch() || setting.initial.isEmpty() ? "" : ", " + setting.initial);
            text.append("]\n      ").append(setting.help).append('\n');
        }
        return text.append("  --version\n  --help\n").toString();
    }
}
