package io.remora.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class JudgementTest {
    private static final List<String> PODS = List.of("web-1", "web-2", "web-3");
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static Tally answers(int one, int two, int three) {
        return new Tally(Map.of("web-1", one, "web-2", two, "web-3", three), 0, 0, "", 1, 2, 3);
    }

    private static Tally failures(int failures, int lost) {
        return new Tally(Map.of("web-1", 100), failures, lost, "SocketException: Connection reset", 1, 2, 3);
    }

    @Test
    void spreadIsTrueWhenEveryPodHasAboutTheSame() {
        assertThat(Judgement.spread(answers(340, 330, 330), PODS))
                .isEqualTo(new StepResult(true, "1000 requests, 34 % : 33 % : 33 %"));
    }

    @Test
    void spreadIsNotTrueWhenAPodHasTooLittleOrTooMuch() {
        assertThat(Judgement.spread(answers(249, 375, 376), PODS))
                .isEqualTo(new StepResult(false, "web-1 answered 249, an even share is 333"));
        assertThat(Judgement.spread(answers(420, 290, 290), PODS).ok()).isFalse();
    }

    @Test
    void spreadIsNotTrueWithoutTraffic() {
        assertThat(Judgement.spread(answers(0, 0, 0), PODS))
                .isEqualTo(new StepResult(false, "no request was answered"));
    }

    @Test
    void oneFailedRequestMakesAnyStepUntrue() {
        Tally failed = failures(1, 0);

        assertThat(Judgement.spread(failed, List.of("web-1")))
                .isEqualTo(new StepResult(false, "1 requests failed (SocketException: Connection reset)"));
        assertThat(Judgement.killed(failed, failed, 0, "web-2", 0).ok()).isFalse();
        assertThat(Judgement.added(failed, "web-4", Duration.ZERO).ok()).isFalse();
        assertThat(Judgement.outage(failed, SECOND, SECOND, true, SECOND).ok()).isFalse();
    }

    @Test
    void requestsInFlightOnTheKilledPodAreShownApart() {
        assertThat(Judgement.killed(failures(3, 3), failures(0, 0), 3, "web-2", 41))
                .isEqualTo(
                        new StepResult(true, "100 new connections, 0 failed (41 retried); 3 in flight on web-2 lost"));
    }

    @Test
    void podThatAnswersAfterItsDeathWasNotKilled() {
        assertThat(Judgement.killed(answers(1, 1, 1), answers(1, 1, 1), 0, "web-2", 0)
                        .ok())
                .isFalse();
    }

    @Test
    void newPodMustBeUsedWithinASecond() {
        assertThat(Judgement.added(failures(0, 0), "web-4", Duration.ofSeconds(1)))
                .isEqualTo(new StepResult(true, "web-4 answered 1000 ms after it was ready"));
        assertThat(Judgement.added(failures(0, 0), "web-4", Duration.ofMillis(1_100)))
                .isEqualTo(new StepResult(false, "web-4 was used 1.1 s after it was ready, not within 1.0 s"));
    }

    @Test
    void outageMustBeToldAndEnd() {
        Duration six = Duration.ofSeconds(6);

        assertThat(Judgement.outage(failures(0, 0), six, six, true, SECOND))
                .isEqualTo(new StepResult(true, "100 requests, 0 failed; away 6.0 s, watched again after 1.0 s"));
        assertThat(Judgement.outage(failures(0, 0), six, six, false, SECOND).ok())
                .isFalse();
        assertThat(Judgement.outage(failures(0, 0), six, SECOND, true, SECOND).ok())
                .isFalse();
        assertThat(Judgement.outage(failures(0, 0), six, six, true, Duration.ofSeconds(11))
                        .ok())
                .isFalse();
    }

    @Test
    void everyConnectionToAServiceWithoutEndpointsMustBeResetAtOnce() {
        assertThat(Judgement.noEndpoints(30, 30, 700, 2_000, 54_000))
                .isEqualTo(new StepResult(true, "30 connections reset in 0.7 ms (slowest 54 ms)"));
        assertThat(Judgement.noEndpoints(30, 29, 700, 2_000, 54_000).ok()).isFalse();
        assertThat(Judgement.noEndpoints(30, 30, 700, 101_000, 200_000).ok()).isFalse();
        assertThat(Judgement.noEndpoints(0, 0, 0, 0, 0).ok()).isFalse();
    }

    @Test
    void timeOutIsNoReset() {
        String result =
                "{\"ok\":0,\"failed\":3,\"errors\":{\"SocketException: Connection reset\":2,\"SocketTimeoutException: Read timed out\":1},"
                        + "\"failureLatencyMicros\":{\"p50\":500,\"p90\":600,\"max\":700}}";

        assertThat(Scenario.refusals(new JsonMapper().readTree(result)))
                .isEqualTo(new StepResult(false, "1 of 3 connections were not reset"));
    }

    @Test
    void agentTellsItsStateAndEachEndpointOnce() {
        AgentAdmin.Status status =
                AgentAdmin.parse("{\"status\":{\"connected\":false,\"watchAgeSeconds\":4.3},\"destinations\":["
                        + "{\"endpoints\":[{\"address\":\"10.244.1.2:8080\"},{\"address\":\"10.244.1.2:8080\"}]}]}");

        assertThat(status.endpoints()).containsExactly("10.244.1.2:8080");
        assertThat(status.text()).isEqualTo("AWAY, heard of 4.3 s ago; the last known state is used");
        assertThat(AgentAdmin.parse("{\"status\":{\"connected\":true}}").text()).isEqualTo("watched, not heard of yet");
    }
}
