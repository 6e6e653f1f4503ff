package io.remora.lab.e2e.decisions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.remora.discovery.IpAddress;
import io.remora.discovery.TransportAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RuleWalkTest {

    private static final IpAddress NODE = IpAddress.parse("172.30.0.2");
    private static final String POD = "10.244.1.10";

    /** Like kube-proxy's table: a firewall before the translation, look-ups, and a check behind it. */
    private static final String TABLE = """
            {"nftables": [
              {"table": {"family": "ip", "name": "kube-proxy"}},
              {"map": {"name": "firewall", "elem": [
                [{"concat": ["100.64.0.1", "tcp", 80]}, {"goto": {"target": "ranges"}}]]}},
              {"map": {"name": "empty", "elem": [
                [{"elem": {"val": {"concat": ["10.96.0.9", "tcp", 80]}, "comment": "a/b"}}, {"drop": null}]]}},
              {"map": {"name": "services", "elem": [
                [{"concat": ["10.96.0.1", "tcp", 80]}, {"goto": {"target": "lot"}}],
                [{"concat": ["100.64.0.1", "tcp", 80]}, {"goto": {"target": "sticky"}}]]}},
              {"set": {"name": "cluster-ips", "elem": ["10.96.0.1", "10.96.0.9"]}},
              {"set": {"name": "clients", "flags": ["timeout"], "timeout": 60}},
              {"chain": {"name": "nat", "type": "nat", "hook": "prerouting", "prio": -100, "policy": "accept"}},
              {"chain": {"name": "pre", "type": "filter", "hook": "prerouting", "prio": -110, "policy": "accept"}},
              {"chain": {"name": "forward", "type": "filter", "hook": "forward", "prio": 0, "policy": "accept"}},
              {"chain": {"name": "check"}}, {"chain": {"name": "ranges"}}, {"chain": {"name": "lot"}},
              {"chain": {"name": "sticky"}}, {"chain": {"name": "endpoint"}},
              {"rule": {"chain": "pre", "expr": [%1$s, {"vmap": {"key": %2$s, "data": "@firewall"}}]}},
              {"rule": {"chain": "ranges", "expr": [
                {"match": {"op": "!=", "left": {"payload": {"protocol": "ip", "field": "saddr"}},
                  "right": {"set": [{"prefix": {"addr": "192.0.2.0", "len": 24}},
                    {"range": ["10.244.1.0", "10.244.1.15"]}]}}}, {"drop": null}]}},
              {"rule": {"chain": "nat", "expr": [{"vmap": {"key": %2$s, "data": "@services"}}]}},
              {"rule": {"chain": "lot", "expr": [
                {"match": {"op": "==", "left": {"meta": {"key": "l4proto"}}, "right": "tcp"}},
                {"dnat": {"addr": {"map": {"key": {"numgen": {"mode": "random", "mod": 2}}, "data": {"set": [
                  [0, {"concat": ["10.244.2.9", 8080]}], [1, {"concat": ["10.244.1.7", 9090]}]]}}}}}]}},
              {"rule": {"chain": "sticky", "expr": [
                {"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "saddr"}}, "right": "@clients"}},
                {"goto": {"target": "missing"}}]}},
              {"rule": {"chain": "sticky", "expr": [
                {"vmap": {"key": {"numgen": {"mode": "random", "mod": 1}},
                  "data": {"set": [[0, {"goto": {"target": "endpoint"}}]]}}}]}},
              {"rule": {"chain": "endpoint", "expr": [
                {"set": {"op": "update", "elem": {"payload": {"protocol": "ip", "field": "saddr"}}, "set": "@clients"}}]}},
              {"rule": {"chain": "endpoint", "expr": [{"dnat": {"addr": "10.244.2.9", "port": 53}}]}},
              {"rule": {"chain": "forward", "expr": [{"jump": {"target": "check"}}]}},
              {"rule": {"chain": "check", "expr": [{"vmap": {"key": %2$s, "data": "@empty"}}]}},
              {"rule": {"chain": "check", "expr": [
                {"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "daddr"}}, "right": "@cluster-ips"}},
                {"reject": {"type": "icmp"}}]}},
              {"rule": {"chain": "check", "expr": [
                {"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "daddr"}}, "right": "10.9.9.9"}},
                {"queue": null}]}}
            ]}
            """.formatted(
                    "{\"match\": {\"op\": \"in\", \"left\": {\"ct\": {\"key\": \"state\"}}, \"right\": \"new\"}}",
                    "{\"concat\": [{\"payload\": {\"protocol\": \"ip\", \"field\": \"daddr\"}},"
                            + " {\"meta\": {\"key\": \"l4proto\"}},"
                            + " {\"payload\": {\"protocol\": \"th\", \"field\": \"dport\"}}]}");

    private final RuleWalk walk = new RuleWalk(Ruleset.parse(TABLE), Set.of(NODE));

    @Test
    void allThatMayBeDrawnIsAnEndpoint() {
        assertThat(fate(POD, "10.96.0.1", 80))
                .isEqualTo(new Fate(Fate.Verdict.FORWARD, List.of("10.244.1.7:9090", "10.244.2.9:8080"), 0));
    }

    @Test
    void affinityIsTheTimeoutOfTheSetThatTheClientIsAddedTo() {
        assertThat(fate(POD, "100.64.0.1", 80)).isEqualTo(new Fate(Fate.Verdict.FORWARD, List.of("10.244.2.9:53"), 60));
    }

    @Test
    void aClientOutsideTheRangesIsDroppedBeforeTheTranslation() {
        assertThat(fate("10.244.1.16", "100.64.0.1", 80)).isEqualTo(Fate.of(Fate.Verdict.DROP));
        assertThat(fate("192.0.2.7", "100.64.0.1", 80).verdict()).isEqualTo(Fate.Verdict.FORWARD);
    }

    @Test
    void whatIsNotTranslatedMeetsTheCheckBehind() {
        assertThat(fate(POD, "10.96.0.9", 80)).isEqualTo(Fate.of(Fate.Verdict.DROP));
        assertThat(fate(POD, "10.96.0.1", 81)).isEqualTo(Fate.of(Fate.Verdict.REJECT));
        assertThat(fate(POD, "192.0.2.1", 80)).isEqualTo(Fate.of(Fate.Verdict.PASS_THROUGH));
    }

    @Test
    void theNodesOwnAddressIsNotForwarded() {
        assertThat(fate(POD, NODE.toString(), 80)).isEqualTo(Fate.of(Fate.Verdict.PASS_THROUGH));
    }

    @Test
    void aStatementThatIsNotUnderstoodIsAnError() {
        assertThatThrownBy(() -> fate(POD, "10.9.9.9", 80))
                .hasMessageContaining("not understood")
                .hasMessageContaining("queue");
    }

    private Fate fate(String source, String destination, int port) {
        return walk.fate(new Packet(IpAddress.parse(source), TransportAddress.tcp(IpAddress.parse(destination), port)));
    }
}
