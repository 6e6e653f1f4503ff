package io.remora.logging;

import java.util.function.Supplier;
import org.slf4j.Marker;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * A log line whose key-value pairs are in its message as well, for applications whose layout does not show them, as Spring
 * Boot's does not unless it is told to. Not thread-safe.
 */
final class DetailedLine implements LoggingEventBuilder {

    private LoggingEventBuilder line;
    private final StringBuilder details = new StringBuilder();

    private DetailedLine(LoggingEventBuilder line) {
        this.line = line;
    }

    /** Returns a line as it is, unless it is to be detailed. */
    static LoggingEventBuilder of(LoggingEventBuilder line, boolean detailed) {
        return detailed ? new DetailedLine(line) : line;
    }

    @Override
    public LoggingEventBuilder setCause(Throwable cause) {
        line = line.setCause(cause);
        return this;
    }

    @Override
    public LoggingEventBuilder addMarker(Marker marker) {
        line = line.addMarker(marker);
        return this;
    }

    @Override
    public LoggingEventBuilder addArgument(Object argument) {
        line = line.addArgument(argument);
        return this;
    }

    @Override
    public LoggingEventBuilder addArgument(Supplier<?> argument) {
        line = line.addArgument(argument);
        return this;
    }

    @Override
    public LoggingEventBuilder addKeyValue(String key, Object value) {
        details.append(details.isEmpty() ? ": " : ", ").append(key).append(' ').append(value);
        line = line.addKeyValue(key, value);
        return this;
    }

    @Override
    public LoggingEventBuilder addKeyValue(String key, Supplier<Object> value) {
        return addKeyValue(key, value.get());
    }

    @Override
    public LoggingEventBuilder setMessage(String message) {
        line = line.setMessage(message + details);
        return this;
    }

    @Override
    public LoggingEventBuilder setMessage(Supplier<String> message) {
        return setMessage(message.get());
    }

    @Override
    public void log() {
        line.log();
    }

    @Override
    public void log(String message) {
        line.log(message + details);
    }

    @Override
    public void log(String message, Object argument) {
        log(message, new Object[] {argument});
    }

    @Override
    public void log(String message, Object first, Object second) {
        log(message, new Object[] {first, second});
    }

    @Override
    public void log(String message, Object... arguments) {
        log(MessageFormatter.basicArrayFormat(message, arguments));
    }

    @Override
    public void log(Supplier<String> message) {
        log(message.get());
    }
}
