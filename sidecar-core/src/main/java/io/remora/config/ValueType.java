package io.remora.config;

import java.util.function.Function;

/**
 * How the value of a setting is written. Immutable, thread-safe.
 *
 * @param <T> what it is read into
 * @param label one word for help texts and tables, for example {@code duration}
 * @param fix completes the sentence that starts with "give", for example {@code a number from 1 to 65535}
 * @param parser throws {@link IllegalArgumentException} if the text is no such value
 * @param formatter the inverse of the parser
 */
public record ValueType<T>(String label, String fix, Function<String, T> parser, Function<T, String> formatter) {

    /** Reads a value. */
    public T parse(String text) {
        return parser.apply(text);
    }

    /** Writes a value as it may be read again. */
    public String format(T value) {
        return formatter.apply(value);
    }
}
