package io.remora.lab.demo;

import io.remora.lab.Pod;
import io.remora.lab.api.LabObjects;
import io.remora.lab.process.ExecResult;
import io.remora.lab.process.LabException;
import io.remora.lab.process.LabProcess;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What happens in the demo, step by step. One thread runs it. */
final class Scenario {
    private static final int PER_SECOND = 200;
    private static final Duration LOAD_LIMIT = Duration.ofMinutes(3);
    private static final Duration WAIT = Duration.ofSeconds(15);
    private static final int REFUSALS = 30;

    private final Stage stage;
    private final Board board;
    private final Watcher watcher;

    Scenario(Stage stage, Board board, Watcher watcher) {
        this.stage = stage;
        this.board = board;
        this.watcher = watcher;
    }

    void run() {
        for (Pod pod : stage.web()) {
            board.pod(pod.name(), pod.node().name(), "");
        }
        LabObjects.awaitUntil(
                "the agent knows three endpoints",
                WAIT,
                () -> endpoints().size() == stage.web().size() * 2);
        LabProcess load = stage.startLoad(PER_SECOND, LOAD_LIMIT);
        watcher.follow(load);
        LabObjects.awaitUntil(
                "a request is answered or fails",
                WAIT,
                () -> !load.isAlive()
                        || board.traffic().all().answered()
                                        + board.traffic().all().failed()
                                > 0);
        step(Step.SPREAD, this::spread);
        step(Step.KILL, this::kill);
        step(Step.ADD, this::add);
        step(Step.OUTAGE, this::outage);
        load.kill();
        step(Step.REFUSE, this::refuse);
    }

    private interface Act {
        StepResult play();
    }

    /** What the lab cannot do is that step's failure; the next ones are still tried. */
    private void step(Step step, Act act) {
        board.begin(step);
        try {
            board.done(step, act.play());
        } catch (LabException e) {
            board.done(step, new StepResult(false, String.valueOf(e.getMessage())));
        }
    }

    private StepResult spread() {
        pause(1);
        long from = Board.nowMicros();
        board.happens(Step.SPREAD, PER_SECOND + " requests/s, a connection each, never retried by the client");
        pause(5);
        return Judgement.spread(
                settled(from), stage.web().stream().map(Pod::name).toList());
    }

    private StepResult kill() {
        Pod victim = stage.web().get(1);
        String address = Stage.address(victim);
        long retriesBefore = stage.admin().retries(Stage.WEB);
        long from = Board.nowMicros();
        stage.kill(victim);
        long dead = Board.nowMicros();
        board.traffic().killed(new Kill(from, dead));
        board.pod(victim.name(), victim.node().name(), "killed");
        board.happens(Step.KILL, victim.name() + " is dead; the API server does not know yet and still lists it");
        pause(3);
        if (!endpoints().contains(address)) {
            return new StepResult(false, victim.name() + " was not listed any more: its death was not tried");
        }
        long retried = stage.admin().retries(Stage.WEB) - retriesBefore;
        stage.reportGone(victim);
        board.happens(Step.KILL, "the API server knows that " + victim.name() + " is gone");
        LabObjects.awaitUntil(
                victim.name() + " leaves the endpoints",
                WAIT,
                () -> !endpoints().contains(address));
        pause(2);
        Tally during = settled(from);
        int lost = board.traffic().all().lost();
        return Judgement.killed(during, board.traffic().since(dead), lost, victim.name(), retried);
    }

    private StepResult add() {
        long from = Board.nowMicros();
        String name = "web-4";
        board.pod(name, "node-a", "starting");
        board.happens(Step.ADD, name + " starts on node-a");
        Pod added = stage.addWeb(name, "node-a");
        pause(1);
        long ready = Board.nowMicros();
        stage.reportReady(added);
        board.pod(name, "node-a", "");
        board.happens(Step.ADD, name + " is ready");
        LabObjects.awaitUntil(
                name + " answers",
                WAIT,
                () -> board.traffic().firstAnswerOf(name).isPresent());
        OptionalLong first = board.traffic().firstAnswerOf(name);
        pause(3);
        return Judgement.added(settled(from), name, Duration.ofNanos((first.orElseThrow() - ready) * 1000));
    }

    private StepResult outage() {
        long from = Board.nowMicros();
        stage.lab().controlPlane().stop();
        long stopped = Board.nowMicros();
        Duration ageBefore = age();
        watcher.forgetAge();
        board.happens(Step.OUTAGE, "the API server is stopped; the agent uses what it knows");
        pause(6);
        Duration away = Duration.ofNanos((Board.nowMicros() - stopped) * 1000);
        Duration aged = watcher.largestAge().minus(ageBefore);
        boolean told = watcher.wasAway();
        board.happens(Step.OUTAGE, "the API server is started again");
        stage.lab().controlPlane().start();
        long back = Board.nowMicros();
        LabObjects.awaitUntil(
                "the agent watches the API server again",
                WAIT,
                () -> stage.admin()
                        .status(Stage.WEB)
                        .map(AgentAdmin.Status::connected)
                        .orElse(false));
        Duration reconnected = Duration.ofNanos((Board.nowMicros() - back) * 1000);
        pause(2);
        return Judgement.outage(settled(from), away, aged, told, reconnected);
    }

    private StepResult refuse() {
        board.happens(Step.REFUSE, "connecting to " + Stage.NOBODY + " " + stage.nobodyIp());
        ExecResult result = stage.connectToNobody(REFUSALS);
        String line = result.out().strip();
        if (!line.startsWith("{")) {
            return new StepResult(false, "the client failed: " + result.out() + result.err());
        }
        return refusals(new JsonMapper().readTree(line));
    }

    /** A reset is an error that says so; a time-out or an answer is none. */
    static StepResult refusals(JsonNode result) {
        int refused = 0;
        for (var error : result.path("errors").properties()) {
            String text = error.getKey();
            if (text.contains("reset") || text.contains("refused")) {
                refused += error.getValue().asInt();
            }
        }
        JsonNode took = result.path("failureLatencyMicros");
        return Judgement.noEndpoints(
                result.path("ok").asInt() + result.path("failed").asInt(),
                refused,
                took.path("p50").asLong(),
                took.path("p90").asLong(),
                took.path("max").asLong());
    }

    /** The requests since then, after those in flight have had time to end. */
    private Tally settled(long fromMicros) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
        return board.traffic().since(fromMicros);
    }

    private List<String> endpoints() {
        return stage.admin().status(Stage.WEB).map(AgentAdmin.Status::endpoints).orElse(List.of());
    }

    /** How old the agent says its state is. */
    private Duration age() {
        return stage.admin()
                .status(Stage.WEB)
                .flatMap(status -> Optional.ofNullable(status.age()))
                .orElse(Duration.ZERO);
    }

    private void pause(int seconds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                Thread.currentThread().interrupt();
                throw new LabException("the demo was interrupted");
            }
            watcher.check();
        }
    }
}
