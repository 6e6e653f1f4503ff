package io.remora.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The page that the admin server shows to browsers: files in the jar, read when they are asked for. Thread-safe. */
final class WebPage {

    /**
     * What the page may do: run its own script, use its own style and ask its own server. The script cannot make elements
     * of text either, so a name from the cluster is never more than text.
     */
    static final String CONTENT_SECURITY_POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                    + " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none';"
                    + " require-trusted-types-for 'script'; trusted-types 'none'";

    private static final String FOLDER = "/page/";
    private static final Set<String> PARTS = Set.of(
            "icon.svg",
            "page.css",
            "agent.js",
            "connections.js",
            "decisions.js",
            "dom.js",
            "endpoints.js",
            "explain.js",
            "page.js",
            "place.js",
            "rates.js",
            "services.js",
            "states.js",
            "status.js",
            "words.js");

    /** The document. */
    AdminResponse home() {
        return read("index.html", AdminResponse.HTML);
    }

    /** Returns what the document refers to by a path; null if nothing has that path. */
    @Nullable
    AdminResponse part(String path) {
        String name = path.startsWith(FOLDER) ? path.substring(FOLDER.length()) : "";
        return PARTS.contains(name) ? read(name, type(name)) : null;
    }

    private static String type(String name) {
        return switch (name.substring(name.indexOf('.') + 1)) {
            case "css" -> "text/css; charset=utf-8";
            case "js" -> "text/javascript; charset=utf-8";
            default -> "image/svg+xml";
        };
    }

    private static AdminResponse read(String name, String type) {
        try (InputStream in = WebPage.class.getResourceAsStream("page/" + name)) {
            if (in == null) {
                throw new IllegalStateException("not in the jar: page/" + name);
            }
            return AdminResponse.ok(type, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
