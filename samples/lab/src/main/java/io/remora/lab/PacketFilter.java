package io.remora.lab;

import io.remora.lab.net.Namespace;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Rules in a pod's {@code raw} table that drop packets: the pod stays, nobody is told. They stand before every other rule and
 * touch none.
 */
public final class PacketFilter implements AutoCloseable {
    private final Namespace namespace;
    private final List<List<String>> rules;
    private final AtomicBoolean lifted = new AtomicBoolean();

    private PacketFilter(Namespace namespace, List<List<String>> rules) {
        this.namespace = namespace;
        this.rules = rules;
    }

    /** @param rules each a program (iptables or ip6tables), a chain and what to match */
    static PacketFilter drop(Namespace namespace, List<List<String>> rules) {
        PacketFilter filter = new PacketFilter(namespace, rules);
        filter.apply("-I");
        return filter;
    }

    /** {@link #lift()}. */
    @Override
    public void close() {
        lift();
    }

    /** Removes the rules; nothing happens the second time. */
    public void lift() {
        if (lifted.compareAndSet(false, true)) {
            apply("-D");
        }
    }

    private void apply(String action) {
        for (List<String> rule : rules) {
            List<String> command = new ArrayList<>(List.of(rule.get(0), "-w", "-t", "raw", action));
            command.addAll(rule.subList(1, rule.size()));
            command.addAll(List.of("-j", "DROP"));
            namespace.exec(command.toArray(String[]::new)).orThrow();
        }
    }
}
