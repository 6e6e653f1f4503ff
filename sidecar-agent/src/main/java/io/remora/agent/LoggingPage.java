package io.remora.agent;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/** {@code /logging}: the levels that are set, and {@code POST /logging?level=debug&logger=io.remora.relay}. */
final class LoggingPage {

    private static final org.slf4j.Logger LOGGER = LoggerFactory.getLogger(LoggingPage.class);

    private static final Map<String, Level> LEVELS = Map.of(
            "off", Level.OFF,
            "error", Level.ERROR,
            "warn", Level.WARN,
            "info", Level.INFO,
            "debug", Level.DEBUG,
            "trace", Level.TRACE);

    private final LoggerContext context;

    LoggingPage(LoggerContext context) {
        this.context = context;
    }

    AdminResponse show(AdminRequest request) {
        return AdminResponse.text(
                HttpResponseStatus.OK,
                context.getLoggerList().stream()
                        .filter(logger -> logger.getLevel() != null)
                        .map(logger -> logger.getName() + "="
                                + logger.getLevel().toString().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining("\n")));
    }

    AdminResponse change(AdminRequest request) {
        String level = request.parameter("level");
        String name = request.parameter("logger");
        Level parsed = level == null ? null : LEVELS.get(level.toLowerCase(Locale.ROOT));
        if (parsed == null) {
            return AdminResponse.text(
                    HttpResponseStatus.BAD_REQUEST,
                    "give ?level= one of off, error, warn, info, debug, trace; and &logger= if not " + LogSetup.OURS);
        }
        Logger logger = context.getLogger(name == null ? LogSetup.OURS : name);
        logger.setLevel(parsed);
        LOGGER.atInfo()
                .addKeyValue("changed", logger.getName()) // a line has a logger and a level of its own
                .addKeyValue("to", parsed.toString().toLowerCase(Locale.ROOT))
                .log("log level changed");
        return show(request);
    }
}
