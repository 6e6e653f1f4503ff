package io.remora.agent;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.remora.config.NearNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which page answers which path. Reading is for everyone; what changes something is a POST and is accepted from loopback
 * only, and not from a web page. Filled before the server starts, then only read.
 */
final class AdminRoutes {

    private static final Logger LOGGER = LoggerFactory.getLogger(AdminRoutes.class);

    private final Map<String, Route> routes = new LinkedHashMap<>();
    private final WebPage webPage = new WebPage();

    /** Adds a page that is read. */
    AdminRoutes get(String path, String description, AdminPage page) {
        routes.put(path, new Route(description, page, null));
        return this;
    }

    /** Adds a page that changes something. */
    AdminRoutes post(String path, String description, AdminPage action) {
        routes.put(path, new Route(description, null, action));
        return this;
    }

    /** Adds a page that is read, and changed from loopback. */
    AdminRoutes getAndPost(String path, String description, AdminPage page, AdminPage action) {
        routes.put(path, new Route(description, page, action));
        return this;
    }

    /** Answers any request; a page that fails does not take the server with it. */
    AdminResponse respond(AdminRequest request) {
        Route builtIn = builtIn(request.path());
        Route route = builtIn == null ? routes.get(request.path()) : builtIn;
        if (route == null) {
            List<String> near = NearNames.find(request.path(), routes.keySet(), 1);
            return AdminResponse.text(
                    HttpResponseStatus.NOT_FOUND,
                    "no such page: " + request.path() + (near.isEmpty() ? "" : "; did you mean " + near.get(0) + "?")
                            + "\n\n" + index());
        }
        AdminPage page = route.forMethod(request.method());
        if (page == null) {
            return AdminResponse.text(
                    HttpResponseStatus.METHOD_NOT_ALLOWED, request.path() + " answers to " + route.methods() + " only");
        }
        String refusal = request.refusal();
        if (request.method().equals("POST") && refusal != null) {
            return AdminResponse.text(HttpResponseStatus.FORBIDDEN, refusal);
        }
        if (request.bodyBytes() > 0) {
            return AdminResponse.text(
                    HttpResponseStatus.BAD_REQUEST, "no page takes a body: give parameters behind a '?'");
        }
        try {
            return page.respond(request);
        } catch (RuntimeException e) {
            return failed(request.path(), e);
        }
    }

    /** Answers where a page failed: a bug. */
    static AdminResponse failed(String path, @Nullable Throwable problem) {
        LOGGER.atError().setCause(problem).addKeyValue("path", path).log("admin page failed");
        return AdminResponse.text(
                HttpResponseStatus.INTERNAL_SERVER_ERROR, "the page failed: the agent's log has the reason");
    }

    /** The list of pages, or what a browser shows in its place. */
    private @Nullable Route builtIn(String path) {
        if (path.equals("/")) {
            return new Route(
                    "this list",
                    request -> request.html() ? webPage.home() : AdminResponse.text(HttpResponseStatus.OK, index()),
                    null);
        }
        AdminResponse part = webPage.part(path);
        return part == null ? null : new Route("part of the page", request -> part, null);
    }

    private String index() {
        int width = routes.keySet().stream().mapToInt(String::length).max().orElse(0);
        StringJoiner lines =
                new StringJoiner("\n", "remora " + Version.current() + "; a browser gets a page here\n\n", "\n");
        routes.forEach((path, route) -> lines.add(path + " ".repeat(width + 2 - path.length()) + route.description()));
        return lines.toString();
    }

    private record Route(
            String description,
            @Nullable AdminPage page,
            @Nullable AdminPage action) {

        @Nullable
        AdminPage forMethod(String method) {
            return switch (method) {
                case "GET", "HEAD" -> page;
                case "POST" -> action;
                default -> null;
            };
        }

        String methods() {
            return page == null ? "POST" : action == null ? "GET" : "GET and POST";
        }
    }
}
