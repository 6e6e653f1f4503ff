package io.remora.agent;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears signals through {@code sun.misc.Signal}, by reflection since the compiler warns of it. A shutdown hook would not
 * do: a second signal never reaches it.
 */
final class Signals {

    private static final Logger LOGGER = LoggerFactory.getLogger(Signals.class);

    private Signals() {}

    /** Runs an action, on a thread of its own, at each of the signals from now on. */
    static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        switch (method.getName()) {
                            case "handle" -> action.run();
                            case "equals" -> {
                                return self == arguments[0];
                            }
                            case "hashCode" -> {
                                return System.identityHashCode(self);
                            }
                            default -> {
                                return name;
                            }
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException e) {
            LOGGER.atWarn()
                    .setCause(e)
                    .addKeyValue("signal", name)
                    .log("cannot hear a signal: the process ends at once when it comes");
        }
    }
}
