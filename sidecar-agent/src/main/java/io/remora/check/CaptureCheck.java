package io.remora.check;

import io.remora.discovery.Cidr;
import io.remora.discovery.IpAddress;
import io.remora.discovery.TransportAddress;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Whether connections of this pod reach the agent: dials a Service, and looks in the kernel's table of sockets where that
 * connection ended. It needs no capability. As the agent's own user it is left alone by the rules, and then goes by what the
 * agent has counted.
 */
final class CaptureCheck implements Check {

    private static final int CAPTURE_PORT = 15001;
    private static final long AGENT_USER = 1337;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int LOOKS = 50;
    private static final long PAUSE_NANOS = 2_000_000;
    private static final String HOW =
            "test it as another user, in an ephemeral container of the pod (docs/check.md, section capture)";

    private final AgentFacts facts;
    private final Sockets sockets;

    CaptureCheck(AgentFacts facts, Sockets sockets) {
        this.facts = facts;
        this.sockets = sockets;
    }

    @Override
    public String name() {
        return "capture";
    }

    @Override
    public void run(Findings findings) {
        int port = facts.number("capture-port", CAPTURE_PORT);
        boolean marked = facts.number("proxy-dscp", 0) > 0;
        OptionalLong agent = sockets.listener(port);
        if (agent.isEmpty()) {
            findings.fail(
                    "nobody listens on the capture port " + port + " in this pod",
                    "ask the agent of this pod: --admin is that of " + facts.setting("admin.port"));
            return;
        }
        if (marked) {
            findings.ok("the rules know the agent's connections by their type of service");
        } else if (agent.getAsLong() == AGENT_USER) {
            findings.ok("the agent runs as user 1337, whose connections the rules leave alone");
        } else {
            findings.warning(
                    "the agent runs as user " + agent.getAsLong()
                            + ", and the rules leave user 1337 alone unless the init" + " step was told otherwise",
                    "runAsUser: 1337 and runAsGroup: 1337, or --proxy-uid and --proxy-gid of the init step");
        }
        if (!marked && sockets.ownUser().equals(agent)) {
            byCount(findings);
        } else {
            byConnection(findings, port);
        }
    }

    private void byCount(Findings findings) {
        long opened = facts.opened();
        if (opened > 0) {
            findings.ok(opened + " connections came through the rules since the agent started");
        } else {
            findings.warning(
                    "no connection has come through the rules since the agent started",
                    "make the application connect to a Service and ask again; or " + HOW);
        }
    }

    private void byConnection(Findings findings, int port) {
        List<Cidr> captured = facts.captured();
        Optional<TransportAddress> target = facts.balanced().stream()
                .filter(each -> each.usable() && !each.service().equals("default/kubernetes"))
                .flatMap(each -> each.addresses().stream())
                .filter(each -> captured.isEmpty() || captured.stream().anyMatch(cidr -> cidr.contains(each.ip())))
                .findFirst();
        if (target.isEmpty()) {
            findings.warning(
                    "there is no Service with a usable endpoint to try a connection to", "ask again when there is one");
            return;
        }
        TransportAddress address = target.get();
        try (Socket socket = new Socket()) {
            socket.connect(address.toSocketAddress(), (int) TIMEOUT.toMillis());
            OptionalInt landed = landed(socket, port);
            if (landed.isPresent()) {
                findings.ok("a connection to " + address + " arrived at the agent (port " + landed.getAsInt() + ")");
            } else {
                findings.fail(
                        "a connection to " + address + " did not go to the agent, but past it",
                        "run the init step's --check in this pod (docs/check.md), which sees the rules");
            }
        } catch (IOException e) {
            findings.fail(
                    "a connection to " + address + " failed: " + e.getMessage(),
                    "ask what becomes of it: remora explain " + address);
        }
    }

    private OptionalInt landed(Socket socket, int port) {
        IpAddress own = IpAddress.of(socket.getLocalAddress());
        for (int look = 0; look < LOOKS; look++) {
            OptionalInt landed = sockets.otherEnd(own, socket.getLocalPort(), each -> each == port || isSpread(each));
            if (landed.isPresent()) {
                return landed;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return OptionalInt.empty();
    }

    /** Whether a port is one of those that the rules spread addresses over. */
    private boolean isSpread(int port) {
        String[] range = facts.setting("refusal-ports").split("-", -1);
        return range.length == 2
                && range[0].matches("\\d{1,5}")
                && range[1].matches("\\d{1,5}")
                && port >= Integer.parseInt(range[0])
                && port <= Integer.parseInt(range[1]);
    }
}
