package io.remora.netfilter;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The rules in this network namespace, of Remora and of others. Only reads. */
final class PresentRules {

    private final RunConfig run;
    private final ProcSelf proc;
    private final List<Backend> installed;
    private final List<String> searchPath;
    private final Consumer<String> notes;

    /** @param notes told what could not be read */
    PresentRules(
            RunConfig run, ProcSelf proc, List<Backend> installed, List<String> searchPath, Consumer<String> notes) {
        this.run = run;
        this.proc = proc;
        this.installed = installed;
        this.searchPath = searchPath;
        this.notes = notes;
    }

    /** Rules of the nat tables that are not Remora's. */
    List<NatTable.Entry> foreign(Backend backend) {
        List<NatTable.Entry> foreign = new ArrayList<>();
        for (NatTable table : tables(backend)) {
            for (NatTable.Entry entry : table.entries()) {
                if (!entry.chain().equals(CaptureRules.CHAIN) && !entry.leadsTo(CaptureRules.CHAIN)) {
                    foreign.add(entry);
                }
            }
        }
        return foreign;
    }

    /** The nat tables of both families. */
    List<NatTable> tables(Backend backend) {
        List<NatTable> tables = new ArrayList<>();
        for (Family family : Family.values()) {
            if ((family == Family.IPV6 && !proc.hasIpv6()) || backend.program(family, "save") == null) {
                continue;
            }
            try {
                tables.add(new Iptables(backend, proc, run.lockWait()).read(family));
            } catch (InitFailure unreadable) {
                tables.add(NatTable.EMPTY); // a backend that the kernel does not have has no rules
            }
        }
        return tables;
    }

    /** What is missing, of the form that is nearer; empty if one of them is whole. */
    List<String> differences(CaptureConfig config, Family family, List<Rule> rules) {
        Nft nft = Nft.find(searchPath);
        if (nft != null) {
            try {
                NftTable table = nft.read(family);
                if (table.exists()) {
                    return table.differences(HashedRules.chains(config, family));
                }
            } catch (InitFailure unreadable) {
                notes.accept("refusal: the program nft cannot list its table: " + unreadable.getMessage());
            }
        }
        List<String> first = List.of("there are none");
        for (Backend backend : installed) {
            if (backend.program(family, "save") == null) {
                continue;
            }
            try {
                NatTable table = new Iptables(backend, proc, run.lockWait()).read(family);
                TableChange change = TableChange.replace(table, rules);
                if (change.isEmpty()) {
                    return List.of();
                }
                if (table.chains().contains(CaptureRules.CHAIN)) {
                    first = change.reasons();
                }
            } catch (InitFailure unreadable) {
                notes.accept(backend.title() + ": " + unreadable.getMessage());
            }
        }
        return first;
    }
}
