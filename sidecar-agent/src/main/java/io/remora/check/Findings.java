package io.remora.check;

import java.util.ArrayList;
import java.util.List;

/** What was found so far. Not thread-safe. */
final class Findings {

    private final List<Finding> all = new ArrayList<>();
    private String check = "";

    /** Runs a check; what it finds is noted under its name. */
    void run(Check next) {
        check = next.name();
        next.run(this);
    }

    void ok(String message) {
        all.add(new Finding(check, Level.OK, message, null));
    }

    void warning(String message, String fix) {
        all.add(new Finding(check, Level.WARNING, message, fix));
    }

    void fail(String message, String fix) {
        all.add(new Finding(check, Level.FAIL, message, fix));
    }

    /** Something could not be looked at. */
    void notSeen(String what, Reply reply) {
        if (reply.isForbidden()) {
            warning(what + " could not be looked at: " + reply.message(), "ask somebody who may, or get the right");
        } else {
            warning(what + " could not be looked at: HTTP " + reply.status() + " " + reply.message(), "try again");
        }
    }

    List<Finding> all() {
        return List.copyOf(all);
    }

    int count(Level level) {
        return (int) all.stream().filter(each -> each.level() == level).count();
    }

    /** The worst of all. */
    Level worst() {
        Level worst = Level.OK;
        for (Finding each : all) {
            worst = each.level().compareTo(worst) > 0 ? each.level() : worst;
        }
        return worst;
    }
}
