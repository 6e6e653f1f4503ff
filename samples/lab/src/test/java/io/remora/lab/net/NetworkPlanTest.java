package io.remora.lab.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NetworkPlanTest {
    @Test
    void eachNodeAndPodHasAddressesOfItsOwn() {
        assertThat(NetworkPlan.nodeIp(1)).isEqualTo("172.30.0.2");
        assertThat(NetworkPlan.nodeIp6(200)).isEqualTo("fd00:172:30::c9");
        assertThat(NetworkPlan.podIp(2, 254)).isEqualTo("10.244.2.254");
        assertThat(NetworkPlan.podIp6(16, 10)).isEqualTo("fd00:244:10::a");
    }

    @Test
    void theMiddleReachesThePodsThroughTheirNode() {
        assertThat(new NetworkPlan(true).rootWiring(1, "node-a", 77))
                .containsExactly(
                        "link add name node-a type veth peer name uplink netns 77",
                        "link set dev node-a master uplink up",
                        "route add 10.244.1.0/24 via 172.30.0.2",
                        "route add fd00:244:1::/64 via fd00:172:30::2");
    }

    @Test
    void aNodeReachesTheOtherNodesPodsDirectlyAndTheRestThroughTheMiddle() {
        assertThat(new NetworkPlan(false).nodeWiring(2, 3))
                .containsExactly(
                        "addr add 172.30.0.3/24 dev uplink",
                        "link set uplink up",
                        "route add default via 172.30.0.1",
                        "route add 10.244.1.0/24 via 172.30.0.2",
                        "route add 10.244.3.0/24 via 172.30.0.4");
    }

    @Test
    void aPodHangsOnTheBridgeAndLeavesOverIt() {
        NetworkPlan plan = new NetworkPlan(true);
        assertThat(plan.bridgeWiring("veth9", 78))
                .containsExactly(
                        "link add name veth9 type veth peer name eth0 netns 78",
                        "link set dev veth9 master cni0 up",
                        "link set dev veth9 type bridge_slave hairpin on");
        assertThat(plan.podWiring(1, 9))
                .containsExactly(
                        "addr add 10.244.1.9/24 dev eth0",
                        "addr add fd00:244:1::9/64 dev eth0 nodad",
                        "link set eth0 up",
                        "route add default via 10.244.1.1",
                        "route add ::/0 via fd00:244:1::1");
    }
}
