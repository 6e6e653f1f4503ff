package io.remora.samples.shop.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.remora.samples.shop.demo.Page.PodView;
import io.remora.samples.shop.demo.Page.View;
import org.junit.jupiter.api.Test;

class PageTest {
    @Test
    void whatTheStoryAsksForIsRead() {
        View view = Page.parse("""
                {"pod": "web-1", "remora": "agent", "load": {"sent": 10, "failed": 1, "lastFailures": ["stock: reset"]},
                 "parts": [
                  {"name": "stock", "pods": [
                    {"pod": "stock-1", "traffic": {"share": 0.335}, "endpoint": {"state": "used", "reason": "ready"}},
                    {"pod": "stock-2", "traffic": null, "endpoint": {"state": "ejected", "reason": "3 failures"}}]},
                  {"name": "reviews", "pods": [{"pod": "reviews-1", "traffic": {"share": 1}, "endpoint": null}]}]}
                """);
        assertThat(view.remora()).isEqualTo("agent");
        assertThat(view.sent()).isEqualTo(10);
        assertThat(view.failed()).isEqualTo(1);
        assertThat(view.lastFailures()).containsExactly("stock: reset");
        assertThat(view.of("stock"))
                .containsExactly(
                        new PodView("stock", "stock-1", 34, "used", "ready"),
                        new PodView("stock", "stock-2", 0, "ejected", "3 failures"));
        assertThat(view.pod("reviews-1")).contains(new PodView("reviews", "reviews-1", 100, "", ""));
        assertThat(view.pod("nobody")).isEmpty();
    }
}
