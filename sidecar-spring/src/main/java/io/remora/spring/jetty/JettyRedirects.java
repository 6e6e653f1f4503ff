package io.remora.spring.jetty;

import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.RedirectProtocolHandler;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.util.component.LifeCycle;

/**
 * Notes of a request that Jetty follows a redirect, which it tells nobody: what comes of it then need not be of the server that
 * the request was sent to. Stateless.
 */
public final class JettyRedirects extends RedirectProtocolHandler {

    private static final String REDIRECTED = JettyRedirects.class.getName() + ".redirected";

    private JettyRedirects(HttpClient client) {
        super(client);
    }

    /** Makes a client do so, once it starts. */
    public static void watch(HttpClient client) {
        client.addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarted(LifeCycle started) {
                client.getProtocolHandlers()
                        .put(new JettyRedirects(client)); // in place of Jetty's own, made by the start
            }
        });
    }

    /** Whether a redirect of the request is followed, or was. */
    public static boolean isRedirected(Request request) {
        return request.getAttributes().containsKey(REDIRECTED);
    }

    @Override
    public boolean accept(Request request, Response response) {
        boolean followed = super.accept(request, response);
        if (followed) {
            request.attribute(REDIRECTED, true);
        }
        return followed;
    }
}
