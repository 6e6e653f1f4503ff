package io.remora.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterDomainTest {

    @Test
    void itIsWhatAPodSearches() {
        assertThat(ClusterDomain.of(List.of(
                        "# made by a kubelet",
                        "search shop.svc.k8s.example.org svc.k8s.example.org k8s.example.org example.org",
                        "nameserver 10.96.0.10",
                        "options ndots:5")))
                .isEqualTo("k8s.example.org");
    }

    @Test
    void theLastSearchListCountsAsResolversHaveIt() {
        assertThat(ClusterDomain.of(List.of("search svc.one", "search\tshop.svc.two.\tsvc.two.\ttwo.")))
                .isEqualTo("two");
    }

    @Test
    void elsewhereItIsTheUsualOne() {
        assertThat(ClusterDomain.of(List.of("search example.org svc.", "nameserver 1.1.1.1")))
                .isEqualTo("cluster.local");
        assertThat(ClusterDomain.of(List.of())).isEqualTo("cluster.local");
    }
}
