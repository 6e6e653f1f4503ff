package io.remora.config;

import java.util.function.Supplier;

/** Where the values come from that a record is made of. What is wrong is remembered. */
interface ValueReader {

    /** Returns the value of a setting; what holds otherwise, if it is not given or what was given is no value. */
    <T> T get(Setting<T> setting, T otherwise);

    /**
     * Makes a record out of values.
     *
     * @param fallback returned, and a problem noted, if the record's constructor refuses the values
     * @param from the settings that may be to blame for that
     */
    <R> R build(Supplier<R> record, R fallback, Setting<?>... from);
}
