package io.remora.inject;

import java.util.List;

/** Pods that cannot have an agent, or a text that cannot be read. */
public final class InjectException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    InjectException(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    /** All of them, each with its object and what to do about it. */
    public List<String> problems() {
        return problems;
    }
}
