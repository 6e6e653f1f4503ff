package io.remora.lab;

import io.remora.lab.net.Requirements;
import org.opentest4j.TestAbortedException;

/** What a JUnit test calls first that needs a lab; it needs opentest4j, which JUnit brings. */
public final class LabRequirements {
    /** System property: {@code true} makes a test fail, which would be skipped where the lab cannot run. */
    public static final String REQUIRE = "remora.test.require.kernel";

    private LabRequirements() {}

    /**
     * Skips the test where the lab cannot run, with a message that names all that is missing, or fails it when the system
     * property {@value #REQUIRE} is true.
     */
    public static void check() {
        if (Requirements.missing().isEmpty()) {
            return;
        }
        if (Boolean.getBoolean(REQUIRE)) {
            throw new AssertionError(Requirements.message());
        }
        throw new TestAbortedException(Requirements.message());
    }
}
