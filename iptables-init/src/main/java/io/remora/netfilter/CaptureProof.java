package io.remora.netfilter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Proves with connections that the rules of a configuration capture. */
final class CaptureProof {

    private final CaptureConfig config;
    private final RunConfig run;
    private final ConnectionProbe probe;
    private final Consumer<String> out;

    CaptureProof(CaptureConfig config, RunConfig run, ProcSelf proc, Consumer<String> out) {
        this.config = config;
        this.run = run;
        this.probe = new ConnectionProbe(new SocketTable(proc), run.probeTimeout());
        this.out = out;
    }

    /** Of the rules of iptables, which all redirect to the capture port. */
    void prove(Iptables iptables, Map<Family, NatTable> verified) {
        for (Map.Entry<Family, NatTable> entry : verified.entrySet()) {
            Family family = entry.getKey();
            Address target = config.probeAddress(family);
            if (target != null) {
                prove(
                        target,
                        config.capturePort(),
                        ahead(entry.getValue()),
                        () -> iptables.readAnew(family).redirected(),
                        () -> iptables.readAnew(family).letThrough());
            }
        }
    }

    /** Of the rules that spread: the connection must arrive where this program computes, as the agent does. */
    void prove(HashedCapture hashed, List<Family> families) {
        for (Family family : families) {
            Address target = config.probeAddress(family);
            if (target != null) {
                int landing = config.refusal().ports().portOf(target, config.probePort());
                prove(target, landing, "", () -> hashed.redirected(family), () -> hashed.letThrough(family));
            }
        }
    }

    private void prove(Address target, int landing, String ahead, LongSupplier redirected, LongSupplier letThrough) {
        Family family = target.family();
        String title = family.title() + ": "
                + (ahead.isEmpty() ? "" : "rules that come before the jump may take the connection (" + ahead + "): ");
        ConnectionProbe.Proof proof;
        try {
            proof = probe.prove(target, config.probePort(), landing, redirected);
            if (proof.routed() && config.proxy() instanceof ProxyDscp dscp) {
                String marked = new MarkProbe(dscp).prove(target, config.probePort(), letThrough);
                proof = new ConnectionProbe.Proof(true, proof.text() + ", " + marked);
            }
        } catch (InitFailure failure) {
            throw new InitFailure(failure.code(), title + failure.getMessage(), fix(failure.fix(), ahead));
        }
        if (proof.routed()) {
            out.accept(family.title() + ": proved, " + proof.text());
        } else if (family == Family.IPV6 && run.ipv6() == Ipv6Mode.AUTO) {
            out.accept(title + "not proved, " + proof.text() + "; nothing of this pod can reach a Service that way");
        } else {
            throw new InitFailure(
                    ExitCode.PROBE_FAILED,
                    title + proof.text(),
                    fix(
                            "give the pod a default route before this runs, or leave the proof out with --skip-probe",
                            ahead));
        }
    }

    /** The rules that a connection meets before ours; empty for none. */
    private static String ahead(NatTable table) {
        List<String> ahead = new ArrayList<>();
        for (NatTable.Entry rule : table.of(CaptureRules.HOOK)) {
            if (rule.leadsTo(CaptureRules.CHAIN)) {
                break;
            }
            ahead.add("'" + rule.spec() + "'");
        }
        return String.join(", ", ahead);
    }

    private static String fix(String otherwise, String ahead) {
        if (ahead.isEmpty()) {
            return otherwise;
        }
        return "these rules of " + CaptureRules.HOOK + " come first and may take it: " + ahead
                + "; remove them, or run --cleanup and then this again, which puts its own first; if that does not "
                + "help: " + otherwise;
    }
}
