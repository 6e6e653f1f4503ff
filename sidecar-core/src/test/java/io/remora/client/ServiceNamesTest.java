package io.remora.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.discovery.ServiceId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceNamesTest {

    private final ServiceNames names = new ServiceNames("shop", ServiceNames.DEFAULT_CLUSTER_DOMAIN);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "catalog",
                "catalog.shop",
                "catalog.shop.svc",
                "catalog.shop.svc.cluster.local",
                "catalog.shop.svc.cluster.local.",
                "Catalog.Shop"
            })
    void findsAServiceByEachOfItsNames(String host) {
        assertThat(names.find(host)).isEqualTo(new ServiceId("shop", "catalog"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.96.0.10",
                "[fd00::1]",
                "www.example.org",
                "web-0.catalog.shop.svc.cluster.local",
                "catalog.svc",
                "catalog.svc.cluster.local",
                "under_score",
                "-catalog",
                ""
            })
    void knowsWhatNoServiceIsCalled(String host) {
        assertThat(names.find(host)).isNull();
    }

    @Test
    void anotherNamespaceAndAnotherDomain() {
        ServiceNames others = new ServiceNames("billing", "k8s.example");

        assertThat(others.find("catalog")).isEqualTo(new ServiceId("billing", "catalog"));
        assertThat(others.find("catalog.shop.svc.k8s.example")).isEqualTo(new ServiceId("shop", "catalog"));
        assertThat(others.find("catalog.shop.svc.cluster.local")).isNull();
    }
}
