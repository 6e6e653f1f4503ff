package io.remora.netfilter;

import java.util.List;

/** Every problem of a configuration at once, each naming its setting. */
public final class InvalidSettingsException extends IllegalArgumentException {

    // A List field would have to be serializable; an array is.
    private final String[] problems;

    /** @param problems one sentence each, at least one */
    public InvalidSettingsException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = problems.toArray(new String[0]);
    }

    /** One sentence per problem, in the order of the settings. */
    public List<String> problems() {
        return List.of(problems);
    }
}
